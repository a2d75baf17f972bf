import type { Who } from "./year.ts";

/** Written down by hand from the script: what a unit and all within it lead at the end of a day. Open, of them overdue, completed, of them late. */
export const EXPECTED: Readonly<Record<string, Readonly<Partial<Record<Who, readonly [number, number, number, number]>>>>> = {
  "2025-03-31": { P: [10, 0, 0, 0], N: [2, 0, 0, 0], X: [2, 0, 0, 0], H: [6, 0, 0, 0], minhLong: [2, 0, 0, 0], thangLoi: [3, 0, 0, 0] },
  "2025-04-16": { P: [16, 1, 2, 0], X: [3, 1, 0, 0], H: [11, 0, 1, 0] },
  "2025-06-30": { P: [12, 1, 12, 5], N: [3, 0, 2, 1], X: [2, 0, 3, 2], H: [7, 1, 7, 2], minhLong: [2, 0, 3, 1], thangLoi: [3, 1, 3, 1] },
  "2025-07-31": { P: [10, 0, 17, 6], L: [1, 0, 5, 1], Q: [2, 0, 5, 2], T: [2, 0, 0, 0], V: [1, 0, 0, 0] },
  "2025-10-31": { P: [12, 0, 25, 9], N: [3, 0, 4, 1], X: [1, 0, 5, 2], Q: [3, 0, 6, 3], V: [1, 0, 2, 1] },
  "2025-12-31": { P: [7, 2, 30, 9], N: [2, 1, 5, 1], X: [1, 0, 5, 2], L: [1, 0, 8, 2], Q: [3, 1, 6, 3], T: [0, 0, 3, 0], V: [0, 0, 2, 1] },
  "2026-01-31": { P: [4, 2, 33, 9], N: [1, 1, 6, 1], Q: [2, 1, 7, 3] },
};

export const MONTHS = [
  "2025-03",
  "2025-04",
  "2025-05",
  "2025-06",
  "2025-07",
  "2025-08",
  "2025-09",
  "2025-10",
  "2025-11",
  "2025-12",
  "2026-01",
];

export interface Life {
  readonly by: readonly Who[];
  readonly months: string;
  readonly due?: string;
  readonly isLate?: true;
  readonly is?: string;
}

/**
 * Written down by hand from the script, as all of it stands when the year is over: what each task is at the end of each of these months. r running, o running
 * and overdue, w running without a deadline, C completed in the month by its deadline, L late, W without one, and - none of these. It is due in a month, in time or not.
 * The present lead of a task counts it from the day of its assignment.
 */
export const LIVES: Readonly<Record<string, Life>> = {
  T1: { by: ["N"], months: "C----------", due: "2025-03" },
  T2: { by: ["X"], months: "rL---------", due: "2025-04", isLate: true },
  T2a: { by: ["minhLong", "L"], months: "rC---------", due: "2025-04", is: "delegated" },
  T3: { by: ["T"], months: "-rrrrrrC---", due: "2025-10", is: "extended" },
  T3a: { by: ["thangLoi", "Q"], months: "-rrC-------", due: "2025-07", is: "delegated" },
  T3b: { by: ["minhLong", "L"], months: "-rrrC------", due: "2025-07", is: "delegated" },
  T4: { by: ["N"], months: "--wwwwwwwW-" },
  T5: { by: ["X"], months: "--rrC------", due: "2025-07", is: "extended" },
  T6: { by: ["Q"], months: "------rrooo", due: "2025-10", isLate: true, is: "extended" },
  T7: { by: ["V"], months: "------rr---" },
  T8: { by: ["N"], months: "-------rrrC", due: "2026-01" },
  T8a: { by: ["L"], months: "-------rrC-", due: "2025-12", is: "delegated" },
  T8b: { by: ["Q"], months: "-------rrrC", due: "2026-01", is: "delegated" },
  T9: { by: ["N"], months: "rrL--------", due: "2025-04", isLate: true },
  T10: { by: ["X"], months: "rrrC-------", due: "2025-06", is: "extended" },
  T11: { by: ["H"], months: "rrC--------", due: "2025-05" },
  T11a: { by: ["thangLoi", "Q"], months: "rrC--------", due: "2025-05", is: "delegated" },
  T11b: { by: ["thangLoi", "Q"], months: "rrL--------", due: "2025-05", isLate: true, is: "delegated" },
  T12: { by: ["minhLong", "L"], months: "rrrrC------", due: "2025-07", is: "extended" },
  T13: { by: ["thangLoi", "Q"], months: "roooL------", due: "2025-04", isLate: true },
  T14: { by: ["N"], months: "-rrrrrC----", due: "2025-09" },
  T14a: { by: ["X"], months: "-rrrrC-----", due: "2025-08", is: "delegated" },
  T14aa: { by: ["minhLong", "L"], months: "-rrC-------", due: "2025-06", is: "delegated" },
  T14ab: { by: ["V"], months: "----rL-----", due: "2025-08", isLate: true, is: "delegated" },
  T15: { by: ["minhLong", "L"], months: "-roL-------", due: "2025-05", isLate: true },
  T16: { by: ["thangLoi", "Q"], months: "-rrrC------", due: "2025-07" },
  T17: { by: ["H"], months: "-rrr-------" },
  T18: { by: ["X"], months: "--rL-------", due: "2025-06", isLate: true, is: "extended" },
  T19: { by: ["N"], months: "--rC-------", due: "2025-06" },
  T20: { by: ["thangLoi", "Q"], months: "---rrrL----", due: "2025-08", isLate: true },
  T21: { by: ["L"], months: "----rrC----", due: "2025-09" },
  T22: { by: ["V"], months: "----rrrC---", due: "2025-10" },
  T23: { by: ["T"], months: "----wwwwwW-" },
  T24: { by: ["V"], months: "-----------" },
  T25: { by: ["X"], months: "-----rrrrC-", due: "2025-12" },
  T25a: { by: ["T"], months: "-----rrrrC-", due: "2025-12", is: "delegated extended" },
  T25b: { by: ["L"], months: "-----rrL---", due: "2025-10", isLate: true, is: "delegated" },
  T26: { by: ["N"], months: "------rrooo", due: "2025-11", isLate: true },
  T27: { by: ["Q"], months: "-------rrrr" },
  T28: { by: ["L"], months: "--------rrr", due: "2025-12", isLate: true },
};

/** What became of each task by the end. */
export const ENDS: Readonly<Record<string, readonly string[]>> = {
  "COMPLETED IN_TIME": [
    "T1",
    "T10",
    "T11",
    "T11a",
    "T12",
    "T14",
    "T14a",
    "T14aa",
    "T16",
    "T19",
    "T21",
    "T22",
    "T25",
    "T25a",
    "T2a",
    "T3",
    "T3a",
    "T3b",
    "T5",
    "T8",
    "T8a",
    "T8b",
  ],
  "COMPLETED OVERDUE": ["T11b", "T13", "T14ab", "T15", "T18", "T2", "T20", "T25b", "T9"],
  "COMPLETED NO_DEADLINE": ["T23", "T4"],
  "NOT_STARTED OVERDUE": ["T26", "T6"],
  "CANCELLED IN_TIME": ["T17", "T24", "T7"],
  "IN_PROGRESS IN_TIME": ["T27"],
  "POSTPONED IN_TIME": ["T28"],
};

/** Months in which a commune that was still to come has no value: tasks of the district may be its own, and it was no unit whose value could be known. */
export const UNKNOWN: ReadonlySet<string> = new Set(["T 2025-04", "T 2025-05", "T 2025-06"]);
