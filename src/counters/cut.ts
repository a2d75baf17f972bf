import { addDays, type Day } from "../lib/time/date.ts";
import { halfMonthEnd, halfMonthOf } from "../lib/time/half-month.ts";
import type { Period } from "../lib/time/period.ts";

/** The last day whose records an answer counts, and whether answers are limited to whole half-months. */
export interface Cut {
  /** Null if no records may be shown. */
  readonly through: Day | null;
  readonly isOfHalfMonths: boolean;
}

/** The cut of kinds without records, or without records that may be shown. */
export const NOTHING_COUNTED: Cut = { through: null, isOfHalfMonths: false };

/** VIEWERs of a unit see records up to today; everybody else up to the end of the last half-month. */
export const cutsOn = (today: Day): { readonly viewers: Cut; readonly everybody: Cut } => ({
  viewers: { through: today, isOfHalfMonths: false },
  everybody: { through: addDays(halfMonthOf(today), -1), isOfHalfMonths: true },
});

export const countedTo = ({ from, to }: Pick<Period, "from" | "to">, { through, isOfHalfMonths }: Cut): Day | null => {
  if (through === null || from > through) return null;
  const last = to < through ? to : through;
  return isOfHalfMonths && (halfMonthOf(from) !== from || halfMonthEnd(last) !== last) ? null : last;
};
