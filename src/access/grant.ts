import { type RawBuilder, sql } from "kysely";
import type { Reader } from "../database/reader.ts";
import type { Day } from "../lib/time/date.ts";
import type { Hierarchy } from "../hierarchy/hierarchy.ts";
import { lineageOf } from "../hierarchy/lineage.ts";
import { ensureContributions } from "../hierarchy/contribution.service.ts";
import type { Grant } from "./viewer.ts";
import { validOn } from "../hierarchy/sql.ts";

export type GrantRow = Grant & { readonly contributed: boolean };

/** The day on which unit `u` is seen: today, or its last day. */
export const seenOn = (today: Day | RawBuilder<unknown>): RawBuilder<Day> => sql`least(${today}::date, u.ended_on - 1)`;

/** The columns of a grant on unit `u` besides its role; `e` is the edition of the day on which the unit is seen. */
export const grantColumns = (today: Day | RawBuilder<unknown>) => sql`u.id as "unitNo", ${seenOn(today)} as "asOf", e.id as "editionId",
  coalesce(u.ended_on <= ${today}::date, false) as ended, e.contributed`;

/** Returns the number of the unit that holds the code on the day, or has the id and had begun by then; null if there is none. */
export const unitNoNamed = (name: RawBuilder<unknown>, day: Day): RawBuilder<number | null> => sql`coalesce(
  (select v.unit_id from unit_version v where v.code = ${name} and ${validOn(sql`${day}::date`)} limit 1),
  (select named_unit.id from unit named_unit where named_unit.key = ${name} and coalesce(named_unit.began_on <= ${day}::date, true)))`;

export const ensureCoverage = async (
  reader: Reader,
  rows: readonly { readonly editionId: number; readonly contributed: boolean }[],
): Promise<boolean> => {
  const missing = rows.filter(({ contributed }) => !contributed);
  if (missing.length > 0) await ensureContributions(reader, [...new Set(missing.map(({ editionId }) => editionId))]);
  return missing.length > 0;
};

export const asGrant = ({ role, unitNo, asOf, editionId, ended }: GrantRow): Grant => ({ role, unitNo, asOf, editionId, ended });

/** Those units that certainly contribute to a unit of the grants. */
export const coveredAmong = (hierarchy: Hierarchy, grants: readonly Grant[], units: readonly number[]): Set<number> => {
  const covered = new Set<number>();
  for (const edition of hierarchy.editions) {
    const targets = new Set(grants.filter(({ editionId }) => editionId === edition.id).map(({ unitNo }) => unitNo));
    if (targets.size > 0) for (const no of lineageOf(hierarchy).unitsOf(edition, targets, units)) covered.add(no);
  }
  return covered;
};
