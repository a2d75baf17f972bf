import type { Pools } from "../database/database.ts";
import { Reader } from "../database/reader.ts";
import type { Day } from "../lib/time/date.ts";
import { currentHierarchyOf } from "../hierarchy/current-hierarchy.ts";
import { traceEditions } from "../hierarchy/edition.ts";
import type { Hierarchy } from "../hierarchy/hierarchy.ts";
import { dayNumber } from "../hierarchy/hierarchy-content.ts";
import { lineageOf } from "../hierarchy/lineage.ts";
import type { Grant } from "./viewer.ts";

/** A role on the unit as it is today, or was on its last day. */
export const grantOn = (hierarchy: Hierarchy, { unitNo, role }: Pick<Grant, "unitNo" | "role">, today: Day): Grant => {
  const { lastDay } = hierarchy.lifeOf(unitNo);
  const ended = lastDay !== null && lastDay < today;
  const asOf = ended ? lastDay : today;
  return { role, unitNo, asOf, editionId: hierarchy.editionOn(dayNumber(asOf))!.id, ended };
};

/** Returns the number of the unit that holds the code on the day, or has the id and has begun by then; null if there is none. */
export const unitNoNamed = (hierarchy: Hierarchy, name: string, day: Day): number | null => {
  const on = dayNumber(day);
  return hierarchy.unitNoOf({ code: name }, on, on) ?? hierarchy.unitNoOf({ id: name }, null, on);
};

/** Returns the grants when the contributions to their editions, by which SQL finds what they cover, are stored. */
export const tracedGrants = async (pools: Pools, grants: readonly Grant[]): Promise<readonly Grant[]> => {
  await traceEditions(
    new Reader(pools),
    currentHierarchyOf(pools),
    grants.map(({ editionId }) => editionId),
  );
  return grants;
};

/** Those units that certainly contribute to a unit of the grants. */
export const coveredAmong = (hierarchy: Hierarchy, grants: readonly Grant[], units: readonly number[]): Set<number> => {
  const covered = new Set<number>();
  for (const edition of hierarchy.editions) {
    const targets = new Set(grants.filter(({ editionId }) => editionId === edition.id).map(({ unitNo }) => unitNo));
    if (targets.size > 0) for (const no of lineageOf(hierarchy).unitsOf(edition, targets, units)) covered.add(no);
  }
  return covered;
};
