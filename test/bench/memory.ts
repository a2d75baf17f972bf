import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

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

/** What a Node process at or under this one has resident now, in MB: the largest of them, for npm is one, too. */
export const nodeMemory = (pid: number): number => {
  const isNode = /^(node|MainThread)/.test(read(`/proc/${pid}/comm`));
  const own = isNode ? Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024 : 0;
  return Math.max(own, ...childrenOf(pid).map(nodeMemory));
};

/** What the PostgreSQL of a data folder takes in MB, what its processes share counted once. */
export const databaseMemory = (dataDir: string): number => {
  const postmaster = Number(read(join(dataDir, "postgres", "postmaster.pid")).split("\n")[0]);
  return [postmaster, ...childrenOf(postmaster)].reduce(
    (sum, pid) => sum + Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024,
    0,
  );
};
