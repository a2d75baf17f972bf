import { userInfo } from "node:os";

/** Who runs the command, for the audit trail. Without an entry of its own, as some containers run it, a user is its number. */
export const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
};
