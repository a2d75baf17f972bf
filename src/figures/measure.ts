/** How a measure adds over the tiles of a period: flows add, stocks are those of the last, carried over that of the first. */
export type Tiling = "FLOW" | "LAST" | "FIRST" | "NONE";

export interface Measure {
  /** Name in camel case, as in the API: resolvedOnTime; the column is resolved_on_time, the code dossier.resolved-on-time. */
  readonly name: string;
  readonly tiling: Tiling;
  /** Reports need not speak of it: where none does it is unknown, and no more is missing than it. */
  readonly isOptional?: true;
}

/** The sum on the left equals the sum on the right; all terms are counts of the same dossiers or tasks. */
export interface Identity {
  readonly left: readonly string[];
  readonly right: readonly string[];
}

/** part / whole, each a sum of measures. A figure of the part may bring its own denominator, which beats the whole. */
export interface RateRule {
  readonly name: string;
  readonly part: readonly string[];
  /** Tried in their order: the first alternative of which anything is known counts. */
  readonly partElse?: readonly string[];
  readonly whole: readonly string[];
  /** Measure under which a source prints this rate without its parts. */
  readonly quotedAs: string;
}

/** What rolls up together: the measures of one kind, in the order of their enum, and the rates made of them. */
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
  rates: [{ name: "onTimeRate", part: ["onTime"], whole: ["withDeadline"], quotedAs: "task.on-time-rate" }],
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

/** dossier.resolved-on-time, as a report's row names it. */
export const measureCode = (kind: RollupKind, name: string): string =>
  `${kind.name}.${name.replace(/[A-Z]|\d+/g, (part) => `-${part.toLowerCase()}`)}`;

/** resolved_on_time: the column of a measure; level 3 is online_level3. */
export const columnName = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** RESOLVED_ON_TIME: the value of the measure's enum. */
export const enumValue = (name: string): string => columnName(name).toUpperCase();

/**
 * The columns that are added up for a kind: its measures, then for each rate the matched part, the matched whole
 * (over the same cells) and the whole that is known at all.
 */
export const summedColumns = (kind: RollupKind): string[] => [
  ...kind.measures.map(({ name }) => name),
  ...kind.rates.flatMap(({ name }) => [`${name}Part`, `${name}Of`, `${name}Whole`]),
];

/** True for a measure that rolls up. */
export const isRolledUp = (measure: string): boolean =>
  ROLLUP_KINDS.some((kind) => kind.measures.some(({ name }) => measureCode(kind, name) === measure));
