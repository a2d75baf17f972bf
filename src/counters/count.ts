/**
 * What the counters of dossiers count, each on its day. Past due, paused and paused late are changes of a stock: they add up, from the first
 * day on, to how many are so at the end of a day.
 */
export const COUNTS = [
  ...(["receivedDirect", "receivedOnline", "receivedPostal"] as const),
  ...(["resolvedEarly", "resolvedOnTime", "resolvedOverdue", "withdrawn", "stopped"] as const),
  /** Of those withdrawn or stopped: after the due day. */
  "closedLate",
  ...(["pastDue", "paused", "pausedLate"] as const),
  /** Working days from receipt to result, of those resolved. */
  "workingDays",
  /** Received for procedures that are offered in full online, and for such that cost a fee. */
  ...(["fullReceived", "fullOnline", "feeReceived", "feePaidOnline"] as const),
  /** Resolved with an electronic result, and digitised besides. */
  ...(["electronicResults", "digitalResults"] as const),
] as const;
export type Count = (typeof COUNTS)[number];

/** Counters stand for half-months (1st to 14th, 15th to the end), quarters and years of the calendar. */
export const GRAINS = { HALF_MONTH: 1, QUARTER: 2, YEAR: 3 } as const;

/** Grain of single days. */
export const DAY_GRAIN = 0;

/** Slot of what counts in no tier. */
export const NO_TIER = 0;

export const RECEIVED: readonly Count[] = ["receivedDirect", "receivedOnline", "receivedPostal"];
export const ENDED: readonly Count[] = ["resolvedEarly", "resolvedOnTime", "resolvedOverdue", "withdrawn", "stopped"];
export const STOCKS: ReadonlySet<Count> = new Set(["pastDue", "paused", "pausedLate"]);
