/** Counts of dossiers by day. Overdue, paused and paused late are changes of a stock: their cumulative sum up to a day is the stock at its end. */
export const COUNTS = [
  ...(["receivedDirect", "receivedOnline", "receivedPostal"] as const),
  ...(["resolvedEarly", "resolvedOnTime", "resolvedOverdue", "withdrawn", "stopped"] as const),
  /** Dossiers that were withdrawn or stopped after their due day. */
  "closedLate",
  ...(["pastDue", "paused", "pausedLate"] as const),
  /** Working days from receipt to result of resolved dossiers. */
  "workingDays",
  /** Received dossiers of procedures with full online service, and of procedures with a fee. */
  ...(["fullReceived", "fullOnline", "feeReceived", "feePaidOnline"] as const),
  /** Resolved dossiers with an electronic result, and those digitised as well. */
  ...(["electronicResults", "digitalResults"] as const),
] as const;
export type Count = (typeof COUNTS)[number];

/** Half-months run from the 1st to the 14th and from the 15th to the end of the month. */
export const GRAINS = { HALF_MONTH: 1, QUARTER: 2, YEAR: 3 } as const;

export const DAY_GRAIN = 0;

/** Value of `slot` for counts outside all tiers. */
export const NO_TIER = 0;

export const RECEIVED: readonly Count[] = ["receivedDirect", "receivedOnline", "receivedPostal"];
export const ENDED: readonly Count[] = ["resolvedEarly", "resolvedOnTime", "resolvedOverdue", "withdrawn", "stopped"];
export const STOCKS: ReadonlySet<Count> = new Set(["pastDue", "paused", "pausedLate"]);
