import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { takeLocks } from "../database/locks.ts";
import { recordChange } from "../journal/audit.ts";
import { rowsOf } from "../database/reader.ts";
import type { Day } from "../lib/time/date.ts";
import { recordsChanged } from "../hierarchy/rollup-version.store.ts";
import type { RecordKind } from "./record.entity.ts";
import { heldHierarchy } from "../hierarchy/current-hierarchy.ts";
import type { Hierarchy } from "../hierarchy/hierarchy.ts";
import { compareCodes } from "../hierarchy/hierarchy-content.ts";
import { lastProvinceNo } from "../hierarchy/unit-places.ts";
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
  const hierarchy = await heldHierarchy(em);
  const places = await lockedPlaces(em, hierarchy, declaration.unitNos);
  const news = await unstated(em, declaration);
  const before = await removeTouched(em, declaration, news);
  await insertUnited(em, declaration, news, before);
  await recordByProvince(em, { operation: "declareComplete", by, kind, places, unitNos: news, before, after: { kind, since, through } });
  await recordsChanged(em, hierarchy, news, since);
};

export interface CompletenessWithdrawal extends Pick<Declaration, "kind" | "unitNos" | "by"> {
  readonly from: Day;
  readonly reason: string;
}

/** Ends the ranges of the units before the day, in the transaction of `em`, with audit entries as above. */
export const withdrawWithin = async (em: EntityManager, { kind, unitNos, from, reason, by }: CompletenessWithdrawal): Promise<void> => {
  const hierarchy = await heldHierarchy(em);
  const places = await lockedPlaces(em, hierarchy, unitNos);
  const before = await rowsOf(em).rows(sql<Range>`
    delete from record_range where unit_id = any(${unitNos}::int[]) and kind = ${kind} and through >= ${from}::date
    returning unit_id as "unitNo", since, through`);
  const rest = before.filter(({ since }) => since < from);
  await sql`
    insert into record_range (unit_id, kind, since, through)
    select r.no, ${kind}, r.since, ${from}::date - 1 from ${relation("r", rest, {
      no: ["int", ({ unitNo }) => unitNo],
      since: ["date", ({ since }) => since],
    })}`.execute(em.getKysely());
  const cut = [...new Set(before.map(({ unitNo }) => unitNo))];
  await recordByProvince(em, { operation: "withdrawCompleteness", by, kind, places, unitNos: cut, before, after: { kind, from, reason } });
  await recordsChanged(em, hierarchy, cut, from);
};

/** The lock prevents concurrent changes of one unit from each storing a range without the other. */
const lockedPlaces = async (em: EntityManager, hierarchy: Hierarchy, unitNos: readonly number[]): Promise<Place[]> => {
  const places = placesOf(hierarchy, unitNos);
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
  const byUnit = Map.groupBy(
    before.toSorted((a, b) => compareCodes(a.since, b.since)),
    ({ unitNo }) => unitNo,
  );
  for (const [provinceNo, units] of Map.groupBy(changed, (place) => place.provinceNo)) {
    const ranges = units.flatMap(({ unitNo, id: unit }) =>
      (byUnit.get(unitNo) ?? []).map(({ since, through }) => ({ unit, since, through })),
    );
    await recordChange(em, {
      ...{ ...by, operation, unitNo: units.length === 1 ? units[0]!.unitNo : provinceNo },
      subject: units.map(({ id }) => id).join(" "),
      before: { kind, ranges },
      after,
    });
  }
};

interface Place {
  readonly unitNo: number;
  readonly id: string;
  readonly provinceNo: number;
}

const placesOf = (hierarchy: Hierarchy, unitNos: readonly number[]): Place[] =>
  unitNos
    .map((unitNo) => ({ unitNo, id: hierarchy.idOf(unitNo), provinceNo: lastProvinceNo(hierarchy, unitNo) }))
    .toSorted((a, b) => compareCodes(a.id, b.id));

const unstated = async (em: EntityManager, { kind, unitNos, since, through }: Declaration): Promise<number[]> => {
  const rows = await rowsOf(em).rows(sql<{ no: number }>`
    select distinct k.no from unnest(${unitNos}::int[]) k(no) where not exists (
      select from record_range r where r.unit_id = k.no and r.kind = ${kind} and r.since <= ${since}::date and r.through >= ${through}::date)`);
  return rows.map(({ no }) => no);
};

interface Range {
  readonly unitNo: number;
  readonly since: Day;
  readonly through: Day;
}

const removeTouched = (em: EntityManager, { kind, since, through }: Declaration, unitNos: readonly number[]): Promise<Range[]> =>
  rowsOf(em).rows(sql<Range>`
    delete from record_range where unit_id = any(${unitNos}::int[]) and kind = ${kind} and since <= ${through}::date + 1 and through >= ${since}::date - 1
    returning unit_id as "unitNo", since, through`);

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
