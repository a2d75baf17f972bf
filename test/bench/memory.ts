import { readdirSync, readFileSync } from "node:fs";

const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};

/** The most memory, in MB, that a Node process at or under this one has had resident so far; 0 where there is none any more. */
export const peakMemory = (pid: number): number => {
  const status = read(`/proc/${pid}/status`);
  const isNode = /^(node|MainThread)/.test(read(`/proc/${pid}/comm`));
  const own = isNode ? Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024 : 0;
  return Math.max(own, ...childrenOf(pid).map(peakMemory));
};

const childrenOf = (pid: number): number[] => {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      read(`/proc/${pid}/task/${task}/children`).split(" ").filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
};
