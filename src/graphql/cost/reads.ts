import type { Hierarchy } from "../../hierarchy/hierarchy.ts";
import { dayNumber } from "../../hierarchy/hierarchy-content.ts";
import type { Day } from "../../lib/time/date.ts";
import type { Period } from "../../lib/time/period.ts";
import type { HiddenReads, Periods } from "../../module/cost/field-cost.ts";
import { bounded, type Effort, type UnitSet, unitsWithin } from "../../module/cost/unit-set.ts";

/** Extra rows for each field whose statement reads more than it returns; a statement takes that long before its first row. */
export const STATEMENT_ROWS = 20;

/** Cost of `count` objects about these units. `npm run bench -- cost` checks that no row takes more than twenty times as long as one of the country's tree. */
export const hiddenRows = (
  { own, within }: HiddenReads,
  count: number,
  units: () => UnitSet,
  { effort }: { readonly effort: Effort },
): number => (count === 0 ? 0 : bounded(STATEMENT_ROWS + own * count + (within === 0 ? 0 : within * unitsWithin(units(), effort))));

/**
 * Cost of the first read of a period, which looks at each unit once. Named periods are few and shared by all callers; ranges of days and of years are unlimited and charged
 * once per operation.
 */
export class NewPeriods implements Periods {
  readonly #counted = new Set<string>();

  rowsOf({ name, convention }: Period, { hierarchy, today }: { readonly hierarchy: Hierarchy; readonly today: Day }): number {
    if ((convention !== null && !name.includes("/")) || this.#counted.has(name)) return 0;
    this.#counted.add(name);
    return hierarchy.on(dayNumber(today)).members.length;
  }
}
