import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { recordChange } from "../access/audit.ts";
import { rowsOf } from "../db/reader.ts";
import type { Day } from "../time/date.ts";
import type { RecordKind } from "./record.entity.ts";

/** That the records of a kind are complete in the units from the one day through the other. */
export interface Declaration {
  readonly kind: RecordKind;
  readonly unitNos: readonly number[];
  readonly since: Day;
  readonly through: Day;
  readonly by: { readonly actor: string; readonly actorName: string; readonly at: Date };
}

/**
 * Keeps the declaration within the transaction of `em`, with an entry in the audit trail for each province of units of which it says
 * something new. Ranges that touch or overlap become one, so that the ranges of a unit never touch.
 */
export const declareWithin = async (em: EntityManager, declaration: Declaration): Promise<void> => {
  const { kind, since, through } = declaration;
  const provinces = Map.groupBy(await placesOf(em, declaration.unitNos), ({ provinceNo }) => provinceNo);
  // Two who declare for one unit at once would each keep the range that the other has not seen.
  for (const provinceNo of [...provinces.keys()].toSorted((a, b) => a - b))
    await sql`select pg_advisory_xact_lock(hashtext('cchc complete'), ${provinceNo}::int)`.execute(em.getKysely());
  const news = await unstated(em, declaration);
  const before = await removeTouched(em, declaration, news);
  await insertUnited(em, declaration, news, before);
  if (news.length > 0) await dropMixedRollups(em);
  for (const [provinceNo, all] of provinces) {
    const places = all.filter(({ unitNo }) => news.includes(unitNo));
    if (places.length === 0) continue;
    const ranges = before.filter(({ unitNo }) => places.some((place) => place.unitNo === unitNo));
    await recordChange(em, {
      ...{ ...declaration.by, operation: "declareComplete", unitNo: places.length === 1 ? places[0]!.unitNo : provinceNo },
      subject: places.map(({ id }) => id).join(" "),
      before: { kind, ranges: ranges.map(({ unit, since: first, through: last }) => ({ unit, since: first, through: last })) },
      after: { kind, since, through },
    });
  }
};

/** Stored roll-ups beside records rest on which of those are complete; who makes some now is waited for. */
const dropMixedRollups = async (em: EntityManager): Promise<void> => {
  await sql`select pg_advisory_xact_lock_shared(hashtext('cchc dossier counts'))`.execute(em.getKysely());
  await sql`delete from rollup_set where recorded`.execute(em.getKysely());
};

interface Place {
  readonly unitNo: number;
  readonly id: string;
  /** Its province, or itself; the country where it is in none. */
  readonly provinceNo: number;
}

/** Units with the province that they are in, or were in on their last day, by id. */
const placesOf = (em: EntityManager, unitNos: readonly number[]): Promise<Place[]> =>
  rowsOf(em).rows(sql<Place>`
    with recursive above as (
      select u.id as unit_id, u.key, v.unit_id as no, v.parent_id, v.tier, coalesce(u.ended_on - 1, 'infinity'::date) as day
      from unit u join unit_version v on v.unit_id = u.id and v.valid_to is not distinct from u.ended_on where u.id = any(${unitNos}::int[])
      union all
      select a.unit_id, a.key, v.unit_id, v.parent_id, v.tier, a.day from above a
      join unit_version v on v.unit_id = a.parent_id and v.valid_from <= a.day and (v.valid_to is null or v.valid_to > a.day)
      where a.tier is distinct from 'PROVINCE'
    )
    select unit_id as "unitNo", key as id, no as "provinceNo" from above where tier = 'PROVINCE' or parent_id is null order by key collate "C"`);

/** Units of which it is not stated already. */
const unstated = async (em: EntityManager, { kind, unitNos, since, through }: Declaration): Promise<number[]> => {
  const rows = await rowsOf(em).rows(sql<{ no: number }>`
    select distinct k.no from unnest(${unitNos}::int[]) k(no) where not exists (
      select from record_range r where r.unit_id = k.no and r.kind = ${kind} and r.since <= ${since}::date and r.through >= ${through}::date)`);
  return rows.map(({ no }) => no);
};

interface Range {
  readonly unitNo: number;
  readonly unit: string;
  readonly since: Day;
  readonly through: Day;
}

const removeTouched = (em: EntityManager, { kind, since, through }: Declaration, unitNos: readonly number[]): Promise<Range[]> =>
  rowsOf(em).rows(sql<Range>`
    with touched as (
      delete from record_range where unit_id = any(${unitNos}::int[]) and kind = ${kind} and since <= ${through}::date + 1 and through >= ${since}::date - 1
      returning unit_id, since, through
    )
    select t.unit_id as "unitNo", u.key as unit, t.since, t.through from touched t join unit u on u.id = t.unit_id order by u.key collate "C", t.since`);

/** One range for each unit, as long as the new one and all that it touches. */
const insertUnited = async (
  em: EntityManager,
  { kind, since, through }: Declaration,
  unitNos: readonly number[],
  touched: readonly Range[],
): Promise<void> => {
  await sql`
    insert into record_range (unit_id, kind, since, through)
    select k.no, ${kind}, least(${since}::date, min(t.since)), greatest(${through}::date, max(t.through)) from unnest(${unitNos}::int[]) k(no)
    left join unnest(${touched.map(({ unitNo }) => unitNo)}::int[], ${touched.map((range) => range.since)}::date[],
      ${touched.map((range) => range.through)}::date[]) t(no, since, through) on t.no = k.no
    group by k.no`.execute(em.getKysely());
};
