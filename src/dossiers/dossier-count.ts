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

export const RECEIVED: readonly Count[] = ["receivedDirect", "receivedOnline", "receivedPostal"];
export const ENDED: readonly Count[] = ["resolvedEarly", "resolvedOnTime", "resolvedOverdue", "withdrawn", "stopped"];
const STOCKS: ReadonlySet<Count> = new Set(["pastDue", "paused", "pausedLate"]);

export const isStock = (name: Count): boolean => STOCKS.has(name);

/** The stock of open dossiers before the period, then each count of the period; stocks are those at its end. */
export const COUNTED = ["openBefore", ...COUNTS] as const;

/** The part of COUNTED from which roll-ups are computed. */
export const ROLLED_UP = COUNTED.slice(0, COUNTED.indexOf("paused") + 1);

export type Counted = Readonly<Record<(typeof COUNTED)[number], number>>;

export const countsByName = (counted: readonly number[]): Counted =>
  Object.fromEntries(COUNTED.map((name, n) => [name, counted[n]!])) as Counted;

type RolledUp = readonly [
  ...[openBefore: number, receivedDirect: number, receivedOnline: number, receivedPostal: number],
  ...[resolvedEarly: number, resolvedOnTime: number, resolvedOverdue: number, withdrawn: number, stopped: number],
  ...[closedLate: number, pastDue: number, paused: number],
];

/** Computes the measures of roll-ups from a row of COUNTED, or from its beginning ROLLED_UP. */
export const measuresOf = (counted: readonly number[]) => {
  const rolledUp = counted as unknown as RolledUp;
  const [openBefore, receivedDirect, receivedOnline, receivedPostal, resolvedEarly, resolvedOnTime, resolvedOverdue] = rolledUp;
  const [, , , , , , , withdrawn, stopped, , pastDue, paused] = rolledUp;
  const received = receivedDirect + receivedOnline + receivedPostal;
  const resolved = resolvedEarly + resolvedOnTime + resolvedOverdue;
  const inProcess = openBefore + received - resolved - withdrawn - stopped;
  return {
    received,
    receivedOnline,
    receivedDirect,
    receivedPostal,
    carriedOver: openBefore,
    resolved,
    resolvedEarly,
    resolvedOnTime,
    resolvedOverdue,
    inProcess,
    inProcessNotDue: inProcess - pastDue - paused,
    inProcessOverdue: pastDue,
    withdrawn,
    stopped,
    inProcessPaused: paused,
  };
};
