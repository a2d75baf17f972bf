import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { takeLocks } from "../database/locks.ts";
import { recordChange } from "../journal/audit.ts";
import { rowsOf } from "../database/reader.ts";
import type { Day } from "../lib/time/date.ts";
import { recordsChanged } from "../hierarchy/rollup-version.store.ts";
import type { RecordKind } from "./record.entity.ts";
import { validOn } from "../hierarchy/sql.ts";
import { relation } from "../database/relation.ts";

/** Declares the records of a kind complete for the units from one day to another. */
export interface Declaration {
  readonly kind: RecordKind;
  readonly unitNos: readonly number[];
  readonly since: Day;
  readonly through: Day;
  readonly by: { readonly actor: string; readonly actorName: string; readonly at: Date };
}

/** Stores the declaration in the transaction of `em`, with one audit entry for each province whose units change. Ranges of a unit that touch or overlap are merged. */
export const declareWithin = async (em: EntityManager, declaration: Declaration): Promise<void> => {
  const { kind, since, through, by } = declaration;
  const places = await lockedPlaces(em, declaration.unitNos);
  const news = await unstated(em, declaration);
  const before = await removeTouched(em, declaration, news);
  await insertUnited(em, declaration, news, before);
  await recordByProvince(em, { operation: "declareComplete", by, kind, places, unitNos: news, before, after: { kind, since, through } });
  await recordsChanged(em, news, since);
};

export interface CompletenessWithdrawal extends Pick<Declaration, "kind" | "unitNos" | "by"> {
  readonly from: Day;
  readonly reason: string;
}

/** Ends the ranges of the units before the day, in the transaction of `em`, with audit entries as above. */
export const withdrawWithin = async (em: EntityManager, { kind, unitNos, from, reason, by }: CompletenessWithdrawal): Promise<void> => {
  const places = await lockedPlaces(em, unitNos);
  const before = await rowsOf(em).rows(sql<Range>`
    with cut as (
      delete from record_range where unit_id = any(${unitNos}::int[]) and kind = ${kind} and through >= ${from}::date returning unit_id, since, through
    )
    select c.unit_id as "unitNo", u.key as unit, c.since, c.through from cut c join unit u on u.id = c.unit_id order by u.key collate "C", c.since`);
  const rest = before.filter(({ since }) => since < from);
  await sql`
    insert into record_range (unit_id, kind, since, through)
    select r.no, ${kind}, r.since, ${from}::date - 1 from ${relation("r", rest, {
      no: ["int", ({ unitNo }) => unitNo],
      since: ["date", ({ since }) => since],
    })}`.execute(em.getKysely());
  const cut = [...new Set(before.map(({ unitNo }) => unitNo))];
  await recordByProvince(em, { operation: "withdrawCompleteness", by, kind, places, unitNos: cut, before, after: { kind, from, reason } });
  await recordsChanged(em, cut, from);
};

/** The lock prevents concurrent changes of one unit from each storing a range without the other. */
const lockedPlaces = async (em: EntityManager, unitNos: readonly number[]): Promise<Place[]> => {
  const places = await placesOf(em, unitNos);
  await takeLocks(
    em,
    "completeness",
    places.map(({ provinceNo }) => provinceNo),
  );
  return places;
};

interface CompletenessChange extends Pick<Declaration, "kind" | "by"> {
  readonly operation: string;
  readonly places: readonly Place[];
  readonly unitNos: readonly number[];
  readonly before: readonly Range[];
  readonly after: unknown;
}

const recordByProvince = async (
  em: EntityManager,
  { operation, by, kind, places, unitNos, before, after }: CompletenessChange,
): Promise<void> => {
  const changed = places.filter(({ unitNo }) => unitNos.includes(unitNo));
  for (const [provinceNo, units] of Map.groupBy(changed, (place) => place.provinceNo)) {
    const ranges = before.filter(({ unitNo }) => units.some((place) => place.unitNo === unitNo));
    await recordChange(em, {
      ...{ ...by, operation, unitNo: units.length === 1 ? units[0]!.unitNo : provinceNo },
      subject: units.map(({ id }) => id).join(" "),
      before: { kind, ranges: ranges.map(({ unit, since, through }) => ({ unit, since, through })) },
      after,
    });
  }
};

interface Place {
  readonly unitNo: number;
  readonly id: string;
  /** The unit's province, or the unit itself; the country for units outside all provinces. */
  readonly provinceNo: number;
}

const placesOf = (em: EntityManager, unitNos: readonly number[]): Promise<Place[]> =>
  rowsOf(em).rows(sql<Place>`
    with recursive above as (
      select u.id as unit_id, u.key, v.unit_id as no, v.parent_id, v.tier, coalesce(u.ended_on - 1, 'infinity'::date) as day
      from unit u join unit_version v on v.unit_id = u.id and v.valid_to is not distinct from u.ended_on where u.id = any(${unitNos}::int[])
      union all
      select a.unit_id, a.key, v.unit_id, v.parent_id, v.tier, a.day from above a
      join unit_version v on v.unit_id = a.parent_id and ${validOn(sql`a.day`)}
      where a.tier is distinct from 'PROVINCE'
    )
    select unit_id as "unitNo", key as id, no as "provinceNo" from above where tier = 'PROVINCE' or parent_id is null order by key collate "C"`);

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

/** Inserts one range per unit: the union of the new range and all ranges that it touches. */
const insertUnited = async (
  em: EntityManager,
  { kind, since, through }: Declaration,
  unitNos: readonly number[],
  touched: readonly Range[],
): Promise<void> => {
  await sql`
    insert into record_range (unit_id, kind, since, through)
    select k.no, ${kind}, least(${since}::date, min(t.since)), greatest(${through}::date, max(t.through)) from unnest(${unitNos}::int[]) k(no)
    left join ${relation("t", touched, {
      no: ["int", ({ unitNo }) => unitNo],
      since: ["date", (range) => range.since],
      through: ["date", (range) => range.through],
    })} on t.no = k.no
    group by k.no`.execute(em.getKysely());
};
