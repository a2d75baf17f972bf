import { addDays, type Day } from "../lib/time/date.ts";
import { halfMonthEnd, halfMonthOf } from "../lib/time/half-month.ts";
import type { Period } from "../lib/time/period.ts";

/** Up to which day records are counted for somebody, and of which days they then answer. */
export interface Cut {
  /** Null where records give nothing. */
  readonly through: Day | null;
  /** True where they answer of whole half-months alone. */
  readonly isOfHalfMonths: boolean;
}

/** Of what has no records, or none that may be shown. */
export const NOTHING_COUNTED: Cut = { through: null, isOfHalfMonths: false };

/** For VIEWERs of a unit today; for everybody else the last day of the last half-month that has ended. */
export const cutsOn = (today: Day): { readonly viewers: Cut; readonly everybody: Cut } => ({
  viewers: { through: today, isOfHalfMonths: false },
  everybody: { through: addDays(halfMonthOf(today), -1), isOfHalfMonths: true },
});

/** The last day of the period of which records are counted; null where they give nothing. */
export const countedTo = ({ from, to }: Pick<Period, "from" | "to">, { through, isOfHalfMonths }: Cut): Day | null => {
  if (through === null || from > through) return null;
  const last = to < through ? to : through;
  return isOfHalfMonths && (halfMonthOf(from) !== from || halfMonthEnd(last) !== last) ? null : last;
};
