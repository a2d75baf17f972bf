import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import type { Day } from "../lib/time/date.ts";
import { followSeats, type SeatedAgency, withKin } from "../hierarchy/agency.store.ts";
import type { Numbers } from "../hierarchy/unit-load.service.ts";
import type { MergedUnits } from "../hierarchy/unit-merge.ts";
import { relation } from "../database/relation.ts";

type Follower = SeatedAgency & { readonly key: string; readonly beganOn: Day | null; readonly endsWith: Day | null };

/**
 * Gives the agencies of changed units the new codes, and ends them with their units.
 * @returns their numbers. @throws FileError where a unit would end before one of its agencies begins.
 */
export const followAgencies = async (
  em: EntityManager,
  { closed, begun }: MergedUnits,
  seats: readonly string[],
  numbers: Numbers,
): Promise<number[]> => {
  const db = em.getKysely();
  const { rows } = await sql<Follower>`
    select distinct on (u.id) u.id, u.key, v.parent_id as seat, split_part(v.code, '/', 2) as slug, v.kind, v.name, u.began_on as "beganOn",
      s.ended_on as "endsWith"
    from unit_version v join unit u on u.id = v.unit_id join unit s on s.id = v.parent_id
    where v.tier is null and v.parent_id = any(${seats.map((key) => numbers.get(key)!)}::int[]) order by u.id`.execute(db);
  for (const { key, seat, beganOn, endsWith } of rows) {
    if (beganOn === null || endsWith === null || beganOn < endsWith) continue;
    const [, row] = [...closed, ...begun].find(([version]) => numbers.get(version.key) === seat && version.validTo === endsWith)!;
    throw row.fail("valid_to", `ends it before its agency ${key} begins, on ${beganOn}`);
  }
  const ids = rows.map(({ id }) => id);
  await sql`
    update unit a set ended_on = s.ended_on
    from ${relation("f", rows, { id: ["int", ({ id }) => id], seat: ["int", ({ seat }) => seat] })} join unit s on s.id = f.seat
    where a.id = f.id and (a.ended_on is null or a.ended_on > s.ended_on)`.execute(db);
  await sql`
    delete from unit_version v using unit a where a.id = v.unit_id and a.id = any(${ids}::int[]) and v.valid_from >= a.ended_on`.execute(
    db,
  );
  await followSeats(em, rows);
  return withKin(em, ids);
};

/** Returns the agencies that begin or end on the day or later, which so far belonged to the last edition. */
export const spanningAgencies = async (em: EntityManager, day: Day): Promise<number[]> => {
  const { rows } = await sql<{ id: number }>`
    select id from unit u where (began_on >= ${day} or ended_on >= ${day})
      and exists (select from unit_version v where v.unit_id = u.id and v.tier is null)`.execute(em.getKysely());
  return withKin(
    em,
    rows.map(({ id }) => id),
  );
};
