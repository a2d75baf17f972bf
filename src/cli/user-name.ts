import { userInfo } from "node:os";

/** The user who runs the command, for the audit trail: a name, or a number if the container has no entry for it. */
export const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
};
