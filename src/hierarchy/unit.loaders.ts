import { type RawBuilder, sql } from "kysely";
import { manyBy, oneBy, type Positioned } from "../database/loader.ts";
import type { Reader } from "../database/reader.ts";
import type { Day } from "../lib/time/date.ts";
import { ensureContributions } from "./contribution.service.ts";
import { editionsOf } from "./edition.ts";
import type { SuccessionKind, Tier, UnitKind } from "./unit.entity.ts";
import { inForceOn, validOn } from "./sql.ts";
import { keyed } from "../database/relation.ts";

/** PUBLISHED counts published reports; ALL also counts drafts visible to the viewer. */
export const EVIDENCE_KINDS = ["PUBLISHED", "ALL"] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

export interface UnitView {
  /** Internal number; the public id is `id`. */
  readonly no: number;
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly fullName: string;
  readonly nameEn: string | null;
  readonly kind: UnitKind;
  readonly tier: Tier | null;
  readonly asOf: Day;
  readonly validFrom: Day | null;
  readonly validTo: Day | null;
  readonly parentNo: number | null;
  readonly evidence: EvidenceKind;
}

export interface UnitReference {
  readonly code?: string;
  readonly id?: string;
  /** Null means today, or the last day of an abolished unit. */
  readonly asOf: Day | null;
}

export interface UnitOn {
  readonly no: number;
  readonly asOf: Day;
}

export interface ChildrenOf extends UnitOn {
  readonly tier: Tier | null;
  readonly kinds: readonly UnitKind[] | null;
}

type UnitRow = UnitView & Positioned;
export type SuccessionRow = UnitRow & { successionKind: SuccessionKind; effectiveOn: Day; share: number | null };
export type CorrespondenceRow = UnitRow & { certain: boolean };
export type UnitLoaders = ReturnType<typeof unitLoaders>;

/** The columns of a UnitView: `v` is its version, `u` the unit, `day` the day of the view. */
export const unitColumns = (day: RawBuilder<unknown>) => sql`u.id as no, u.key as id, v.code, v.name, v.full_name as "fullName",
  v.name_en as "nameEn", v.kind, v.tier, ${day} as "asOf", u.began_on as "validFrom", u.ended_on - 1 as "validTo", v.parent_id as "parentNo"`;

/** Statements ignore evidence; readers of views add it. */
export const seenBy = <V extends UnitView>(evidence: EvidenceKind, views: V[]): V[] => {
  for (const view of views) (view as { evidence: EvidenceKind }).evidence = evidence;
  return views;
};

const keyOn = ({ no, asOf }: UnitOn) => `${no}@${asOf}`;
const unitsOn = (keys: readonly UnitOn[]) => sql`${keyed("k", keys, { no: ["int", ({ no }) => no], day: ["date", ({ asOf }) => asOf] })}`;

export const unitLoaders = ({ session, today }: { readonly session: Reader; readonly today: Day }, evidence: EvidenceKind) => {
  const rows = async <R extends UnitView>(query: RawBuilder<R>): Promise<R[]> => seenBy(evidence, await session.rows(query));
  return {
    /** By code or id; without a day as of today, or as of the unit's last day. */
    unitByReference: oneBy<UnitReference, UnitRow>(
      ({ code, id, asOf }) => `${code ?? ""}|${id ?? ""}|${asOf ?? ""}`,
      (keys) => rows(unitsByReference(keys, today)),
    ),

    unitByNo: oneBy<number, UnitRow>(String, (numbers) =>
      rows(sql<UnitRow>`
        select k.i::int, ${unitColumns(sql`d.day`)} from unnest(${numbers}::int[]) with ordinality k(no, i) join unit u on u.id = k.no
        cross join lateral (select least(${today}::date, u.ended_on - 1) as day) d
        join unit_version v on v.unit_id = u.id and ${validOn(sql`d.day`)}`),
    ),

    unitOn: oneBy<UnitOn, UnitRow>(keyOn, (keys) =>
      rows(sql<UnitRow>`
        select k.i::int, ${unitColumns(sql`k.day`)} from ${unitsOn(keys)}
        join unit_version v on v.unit_id = k.no and ${validOn(sql`k.day`)} join unit u on u.id = v.unit_id`),
    ),

    /** Territorial units unless kinds are given, in the order of codes. */
    childrenOf: manyBy<ChildrenOf, UnitRow>(
      ({ no, asOf, tier, kinds }) => `${no}@${asOf}|${tier ?? ""}|${kinds === null ? "*" : kinds.join()}`,
      (keys) => rows(childrenOf(keys)),
    ),

    /** From the country down to the parent. */
    ancestorsOf: manyBy<UnitOn, UnitRow>(keyOn, (keys) => rows(ancestors(keys))),

    /** Predecessors up to that day, each as of its last day. */
    predecessorsOf: manyBy<UnitOn, SuccessionRow>(keyOn, (keys) => rows(predecessors(keys))),

    successorsOf: manyBy<UnitOn, SuccessionRow>(keyOn, (keys) => rows(successors(keys))),

    /** The smallest units of another day's hierarchy to which the unit contributes. */
    correspondenceOf: manyBy<UnitOn, CorrespondenceRow>(keyOn, async (keys) => {
      await ensureContributions(
        session,
        await editionsOf(
          session,
          keys.map(({ asOf }) => asOf),
        ),
      );
      return rows(correspondence(keys));
    }),
  };
};

const ancestors = (keys: readonly UnitOn[]) => sql<UnitRow>`
  with recursive above as (
    select k.i, k.day, v.parent_id, 1 as steps from ${unitsOn(keys)} join unit_version v on v.unit_id = k.no and ${validOn(sql`k.day`)}
    union all
    select a.i, a.day, v.parent_id, a.steps + 1 from above a join unit_version v on v.unit_id = a.parent_id and ${validOn(sql`a.day`)}
  )
  select a.i::int, ${unitColumns(sql`a.day`)} from above a
  join unit_version v on v.unit_id = a.parent_id and ${validOn(sql`a.day`)} join unit u on u.id = v.unit_id
  order by a.i, a.steps desc`;

const predecessors = (keys: readonly UnitOn[]) => sql<SuccessionRow>`
  select k.i::int, ${unitColumns(sql`s.effective_on - 1`)}, s.kind as "successionKind", s.effective_on as "effectiveOn", s.share
  from ${unitsOn(keys)} join succession s on s.successor_id = k.no and s.effective_on <= k.day
  join unit_version v on v.unit_id = s.predecessor_id and ${validOn(sql`s.effective_on - 1`)} join unit u on u.id = v.unit_id
  order by v.code collate "C", s.effective_on`;

const successors = (keys: readonly UnitOn[]) => sql<SuccessionRow>`
  select k.i::int, ${unitColumns(sql`s.effective_on`)}, s.kind as "successionKind", s.effective_on as "effectiveOn", s.share
  from ${unitsOn(keys)} join succession s on s.predecessor_id = k.no
  join unit_version v on v.unit_id = s.successor_id and ${validOn(sql`s.effective_on`)} join unit u on u.id = v.unit_id
  order by v.code collate "C", s.effective_on`;

const correspondence = (keys: readonly UnitOn[]) => sql<CorrespondenceRow>`
  select k.i::int, ${unitColumns(sql`k.day`)}, c.certain from ${unitsOn(keys)}
  join edition e on ${inForceOn(sql`k.day`)}
  join contribution c on c.edition_id = e.id and c.unit_id = k.no and c.nearest
  join unit_version v on v.unit_id = c.target_id and ${validOn(sql`k.day`)} join unit u on u.id = v.unit_id
  order by v.code collate "C"`;

/** Resolves a code on the day (its holder or last holder) or an id; without a day as of today or of the unit's last day. */
const unitsByReference = (keys: readonly UnitReference[], today: Day) => sql<UnitRow>`
  with asked as (
    select i, key, day, code from ${keyed("k", keys, {
      key: ["text", ({ id }) => id ?? null],
      day: ["date", ({ asOf }) => asOf],
      code: ["text", ({ code }) => code ?? null],
    })}
  ), found as (
    select a.i, a.day as asked, v.unit_id, v.valid_from, v.valid_to from asked a join unit_version v on v.code = a.code
    union all
    select a.i, a.day, v.unit_id, v.valid_from, v.valid_to from asked a join unit u on u.key = a.key join unit_version v on v.unit_id = u.id
  ), holder as (
    select distinct on (f.i) f.i, f.unit_id, coalesce(f.asked, least(${today}::date, u.ended_on - 1)) as day
    from found f join unit u on u.id = f.unit_id
    where case when f.asked is null then f.valid_from <= ${today} else ${validOn(sql`f.asked`, "f")} end
    order by f.i, f.valid_from desc
  )
  select h.i::int, ${unitColumns(sql`h.day`)} from holder h
  join unit_version v on v.unit_id = h.unit_id and ${validOn(sql`h.day`)} join unit u on u.id = h.unit_id`;

const childrenOf = (keys: readonly ChildrenOf[]) => sql<UnitRow>`
  select k.i::int, ${unitColumns(sql`k.day`)}
  from ${keyed("k", keys, {
    no: ["int", ({ no }) => no],
    day: ["date", ({ asOf }) => asOf],
    tier: ["text", ({ tier }) => tier],
    kinds: ["text", ({ kinds }) => kinds && `{${kinds.join()}}`],
  })}
  join unit_version v on v.parent_id = k.no and ${validOn(sql`k.day`)} join unit u on u.id = v.unit_id
  where (k.tier is null or v.tier = k.tier) and case when k.kinds is null then v.tier is not null else v.kind = any(k.kinds::text[]) end
  order by k.i, v.code collate "C"`;
