import type { RequestContext } from "../access/request-context.ts";
import type { Hierarchy } from "../hierarchy/hierarchy.ts";
import { dayNumber } from "../hierarchy/hierarchy-content.ts";
import { lineageOf } from "../hierarchy/lineage.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import { BadUserInput } from "../lib/errors.ts";
import type { Day } from "../lib/time/date.ts";
import { unitNamed } from "../units/unit.service.ts";

export const MAX_COORDINATORS = 50;

/** Code or id on the day. @throws BadUserInput naming the argument where there is none. */
export const taskUnitNamed = (context: Pick<RequestContext, "use">, argument: string, name: string, day: Day): Promise<UnitView> =>
  unitNamed(context.use(unitLoaders), argument, name, day);

/** Their numbers. @throws BadUserInput for one that is unknown or given twice. */
export const coordinatorsNamed = async (context: Pick<RequestContext, "use">, names: readonly string[], day: Day): Promise<number[]> => {
  if (names.length > MAX_COORDINATORS)
    throw new BadUserInput("coordinators", names.length, `must contain at most ${MAX_COORDINATORS} units`);
  const units = await Promise.all(names.map((name, n) => taskUnitNamed(context, `coordinators[${n}]`, name, day)));
  const numbers = units.map(({ no }) => no);
  const again = numbers.findIndex((no, n) => numbers.indexOf(no) !== n);
  if (again !== -1) throw new BadUserInput(`coordinators[${again}]`, names[again], "must name each unit once");
  return numbers;
};

/** @throws BadUserInput where the lead is among those who help it. */
export const checkCoordinators = (coordinators: readonly number[], leadNo: number): void => {
  const n = coordinators.indexOf(leadNo);
  if (n !== -1) throw new BadUserInput(`coordinators[${n}]`, "the lead", "must be another unit than the lead");
};

interface Placed {
  /** The unit within which another one must lie. */
  readonly above: number;
  readonly unitNo: number;
  readonly day: Day;
  /** True if an agency counts as the unit that it serves. */
  readonly isServing: boolean;
}

/** Whether a unit lies within another one on a day, or is an agency of what lies within it. What has ended by then is what followed it. */
export const isWithinUnit = (hierarchy: Hierarchy, { above, unitNo, day, isServing }: Placed): boolean => {
  const on = dayNumber(day);
  const edition = hierarchy.editionOn(on)!;
  const lineage = lineageOf(hierarchy);
  const followers = lineage.contributionsTo(edition, [above]).filter(({ nearest, certain }) => nearest && certain);
  const tops = followers.flatMap(({ target }) => {
    const version = hierarchy.versionOn(target, on);
    return isServing && version?.tier === null ? version.parentNo! : (version?.unitNo ?? []);
  });
  const own = hierarchy.versionOn(unitNo, on);
  const placed = own?.tier === null ? [unitNo, own.parentNo!] : [unitNo];
  return lineage.unitsOf(edition, new Set(tops), placed).size > 0;
};
