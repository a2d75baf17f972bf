import { dayNumber, type Hierarchy } from "../../hierarchy/hierarchy.ts";
import type { Day } from "../../lib/time/date.ts";
import type { Period } from "../../lib/time/period.ts";
import type { HiddenReads, Periods } from "../../module/cost/field-cost.ts";
import { bounded, type Effort, type UnitSet, unitsWithin } from "../../module/cost/unit-set.ts";

/** Rows of each field that reads what its answer does not show, for its statements: they take that long before the first row. */
export const STATEMENT_ROWS = 20;

/** Of `count` objects that speak of these units. `npm run bench -- cost` measures that no row takes more than twenty times as long as one of the country's tree. */
export const hiddenRows = (
  { own, within }: HiddenReads,
  count: number,
  units: () => UnitSet,
  { effort }: { readonly effort: Effort },
): number => (count === 0 ? 0 : bounded(STATEMENT_ROWS + own * count + (within === 0 ? 0 : within * unitsWithin(units(), effort))));

/**
 * What roll-ups of a period take when nobody has asked for it yet: each unit is looked at once. Those with a name are few, and worked out
 * once for everybody; runs of days and of years are as many as one likes, and charged once an operation.
 */
export class NewPeriods implements Periods {
  readonly #known = new Set<string>();

  rowsOf({ name, convention }: Period, { hierarchy, today }: { readonly hierarchy: Hierarchy; readonly today: Day }): number {
    if ((convention !== null && !name.includes("/")) || this.#known.has(name)) return 0;
    this.#known.add(name);
    return hierarchy.on(dayNumber(today)).members.length;
  }
}
