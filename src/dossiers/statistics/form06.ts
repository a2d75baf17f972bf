import { countInRange } from "../../figures/int-range.ts";
import { measuresOf } from "../dossier-count.ts";

export const REPORTING_CONVENTIONS = ["SEPARATE", "FORM_06A"] as const;
export type ReportingConvention = (typeof REPORTING_CONVENTIONS)[number];

/** Columns 3 to 13 of form II.06 of Circular 01/2020/TT-VPCP, and two counts without a column. */
export interface Form06Columns {
  readonly toHandle: number;
  readonly receivedOnline: number;
  readonly receivedDirectOrPostal: number;
  readonly carriedOver: number;
  readonly resolved: number;
  readonly resolvedEarly: number;
  readonly resolvedOnTime: number;
  readonly resolvedOverdue: number;
  readonly inProcess: number;
  readonly inProcessNotDue: number;
  readonly inProcessOverdue: number;
  readonly paused: number;
  readonly withdrawnOrStopped: number;
}

/** Identities: 3 = 4 + 5 + 6, 7 = 8 + 9 + 10 and 11 = 12 + 13. SEPARATE: 3 = 7 + 11 + paused + withdrawn or stopped. FORM_06A: column 9 contains these, and 3 = 7 + 11. */
export const form06Of = (counted: readonly number[], convention: ReportingConvention): Form06Columns =>
  Object.fromEntries(
    Object.entries(columnsOf(counted, convention)).map(([name, count]) => [name, countInRange(`form06.${name}`, count)]),
  ) as never;

const columnsOf = (counted: readonly number[], convention: ReportingConvention): Record<keyof Form06Columns, number> => {
  const of = measuresOf(counted);
  const withdrawnOrStopped = of.withdrawn + of.stopped;
  const atOnTime = convention === "FORM_06A" ? of.inProcessPaused + withdrawnOrStopped : 0;
  return {
    toHandle: of.received + of.carriedOver,
    receivedOnline: of.receivedOnline,
    receivedDirectOrPostal: of.receivedDirect + of.receivedPostal,
    carriedOver: of.carriedOver,
    resolved: of.resolved + atOnTime,
    resolvedEarly: of.resolvedEarly,
    resolvedOnTime: of.resolvedOnTime + atOnTime,
    resolvedOverdue: of.resolvedOverdue,
    inProcess: of.inProcess - of.inProcessPaused,
    inProcessNotDue: of.inProcessNotDue,
    inProcessOverdue: of.inProcessOverdue,
    paused: convention === "FORM_06A" ? 0 : of.inProcessPaused,
    withdrawnOrStopped: convention === "FORM_06A" ? 0 : withdrawnOrStopped,
  };
};
