/** How a measure adds over the tiles of a period: FLOW adds, LAST takes the stock of the last tile, FIRST the stock carried into the first tile. */
export type Tiling = "FLOW" | "LAST" | "FIRST" | "NONE";

export interface Measure {
  /** Name in camel case as in the API: resolvedOnTime; the column is resolved_on_time, the code dossier.resolved-on-time. */
  readonly name: string;
  readonly tiling: Tiling;
  /** True for a measure that reports may omit; it is incomplete only if another unit reports it. */
  readonly isOptional?: true;
}

/** An equation between the sums of two sides; all terms count the same dossiers or tasks. */
export interface Identity {
  readonly left: readonly string[];
  readonly right: readonly string[];
}

/** A share of two sums of measures. A figure of the part may bring its own denominator, which takes precedence. */
export interface RateRule {
  readonly name: string;
  readonly part: readonly string[];
  /** The first alternative with any reported value is used. */
  readonly partElse?: readonly string[];
  readonly whole: readonly string[];
  /** Measure under which a source prints this rate without its parts. */
  readonly quotedAs: string;
}

/** The measures of one kind in the order of their enum, and the rates computed from them. */
export interface RollupKind {
  readonly name: "dossier" | "task" | "service";
  readonly measures: readonly Measure[];
  readonly identities: readonly Identity[];
  readonly rates: readonly RateRule[];
}

const each = (tiling: Tiling, ...names: string[]): Measure[] => names.map((name) => ({ name, tiling }));
const optional = (tiling: Tiling, ...names: string[]): Measure[] => names.map((name) => ({ name, tiling, isOptional: true }));
const identity = (left: string, right: string): Identity => ({ left: left.split(" "), right: right.split(" ") });

export const DOSSIER: RollupKind = {
  name: "dossier",
  measures: [
    ...each("FLOW", "received", "receivedOnline", "receivedDirect", "receivedPostal"),
    ...each("FIRST", "carriedOver"),
    ...each("FLOW", "resolved", "resolvedEarly", "resolvedOnTime", "resolvedOverdue"),
    ...each("LAST", "inProcess", "inProcessNotDue", "inProcessOverdue"),
    ...optional("FLOW", "withdrawn", "stopped"),
    ...optional("LAST", "inProcessPaused"),
  ],
  identities: [
    identity("received", "receivedOnline receivedDirect receivedPostal"),
    identity("resolved", "resolvedEarly resolvedOnTime resolvedOverdue"),
    identity("inProcess", "inProcessNotDue inProcessOverdue inProcessPaused"),
    identity("received carriedOver", "resolved withdrawn stopped inProcess"),
  ],
  rates: [
    { name: "onTimeRate", part: ["resolvedEarly", "resolvedOnTime"], whole: ["resolved"], quotedAs: "dossier.on-time-rate" },
    {
      name: "onTimeHandledRate",
      part: ["resolvedEarly", "resolvedOnTime", "inProcessNotDue"],
      whole: ["received", "carriedOver"],
      quotedAs: "dossier.on-time-handled-rate",
    },
    { name: "onlineRate", part: ["receivedOnline"], whole: ["received"], quotedAs: "dossier.online-rate" },
    {
      name: "overdueRate",
      part: ["resolvedOverdue", "inProcessOverdue"],
      whole: ["received", "carriedOver"],
      quotedAs: "dossier.overdue-rate",
    },
  ],
};

export const TASK: RollupKind = {
  name: "task",
  measures: [
    ...each("NONE", "total", "withDeadline", "withoutDeadline", "onTime", "overdue", "completedOnTime", "completedLate"),
    ...each("NONE", "runningNotDue", "runningOverdue", "completedWithoutDeadline", "runningWithoutDeadline"),
    ...optional("NONE", "delegated", "extended", "due", "dueCompletedOnTime"),
  ],
  identities: [
    identity("total", "withDeadline withoutDeadline"),
    identity("withDeadline", "onTime overdue"),
    identity("onTime", "completedOnTime runningNotDue"),
    identity("overdue", "completedLate runningOverdue"),
    identity("withoutDeadline", "completedWithoutDeadline runningWithoutDeadline"),
  ],
  rates: [
    { name: "onTimeRate", part: ["onTime"], whole: ["withDeadline"], quotedAs: "task.on-time-rate" },
    { name: "dueOnTimeRate", part: ["dueCompletedOnTime"], whole: ["due"], quotedAs: "task.due-on-time-rate" },
  ],
};

export const SERVICE: RollupKind = {
  name: "service",
  measures: each("NONE", ...["procedures", "online", "onlineLevel3", "onlineLevel4", "usedOnline", "modernDesks", "desks"]),
  identities: [],
  rates: [
    {
      name: "onlineRate",
      part: ["online"],
      partElse: ["onlineLevel3", "onlineLevel4"],
      whole: ["procedures"],
      quotedAs: "service.online-rate",
    },
    { name: "usedOnlineRate", part: ["usedOnline"], whole: ["online"], quotedAs: "service.used-online-rate" },
    { name: "modernDeskRate", part: ["modernDesks"], whole: ["desks"], quotedAs: "service.modern-desk-rate" },
  ],
};

export const ROLLUP_KINDS: readonly RollupKind[] = [DOSSIER, TASK, SERVICE];

/** Code as in the row of a report: dossier.resolved-on-time. */
export const measureCode = (kind: RollupKind, name: string): string =>
  `${kind.name}.${name.replace(/[A-Z]|\d+/g, (part) => `-${part.toLowerCase()}`)}`;

/** Column of a measure: resolved_on_time; level 3 is online_level3. */
export const columnName = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export const enumValue = (name: string): string => columnName(name).toUpperCase();

/**
 * The columns that are summed for a kind: its measures, then for each rate the matched part, the matched whole (over the same cells) and the whole of all cells that report
 * one.
 */
export const summedColumns = (kind: RollupKind): string[] => [
  ...kind.measures.map(({ name }) => name),
  ...kind.rates.flatMap(({ name }) => [`${name}Part`, `${name}Of`, `${name}Whole`]),
];

export const isRolledUp = (measure: string): boolean =>
  ROLLUP_KINDS.some((kind) => kind.measures.some(({ name }) => measureCode(kind, name) === measure));
