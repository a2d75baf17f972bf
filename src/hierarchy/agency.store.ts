import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { type Day, FIRST_DAY } from "../lib/time/date.ts";
import { renewContributions } from "./contribution.service.ts";
import { foldName } from "./fold.ts";
import { raiseHierarchyVersion } from "./hierarchy.store.ts";
import type { AgencyKind } from "./unit.entity.ts";
import { relation } from "../database/relation.ts";

export interface NewAgency {
  readonly seat: number;
  readonly key: string;
  readonly slug: string;
  readonly kind: AgencyKind;
  readonly name: string;
  /** Null means since its unit began. */
  readonly from: Day | null;
  /** First day after its end; null means as long as its unit exists. */
  readonly until: Day | null;
}

/** The part of an agency's code after the unit's code: so-noi-vu. Empty if the name has no letters and digits. */
export const slugOf = (name: string): string => foldName(name).trim().replaceAll(" ", "-");

/** Stores an agency and its contributions, and returns its number. The caller holds the locks of `lockUnits`. */
export const insertAgency = async (em: EntityManager, { seat, key, slug, kind, name, from, until }: NewAgency): Promise<number> => {
  const db = em.getKysely();
  const { rows } = await sql<{ id: number }>`
    insert into unit (id, key, began_on, ended_on)
    select (select max(id) + 1 from unit), ${key}, case when ${from}::date is null then began_on else nullif(${from}::date, ${FIRST_DAY}) end,
      least(${until}::date, ended_on) from unit where id = ${seat} returning id`.execute(db);
  const id = rows[0]!.id;
  await followSeats(em, [{ id, seat, slug, kind, name }]);
  await renewContributions(em, [id]);
  await raiseHierarchyVersion(em);
  return id;
};

export interface SeatedAgency {
  readonly id: number;
  readonly seat: number;
  readonly slug: string;
  readonly kind: AgencyKind;
  readonly name: string;
}

/** Gives an agency one version for each version of its unit, so that its code follows the unit's code. */
export const followSeats = async (em: EntityManager, agencies: readonly SeatedAgency[]): Promise<void> => {
  await sql`
    insert into unit_version (unit_id, valid_from, valid_to, code, parent_id, tier, kind, name, full_name, name_en, resolution)
    select u.id, greatest(v.valid_from, u.began_on), least(v.valid_to, u.ended_on), v.code || '/' || a.slug, v.unit_id, null, a.kind, a.name,
      a.name, null, null
    from ${relation("a", agencies, {
      id: ["int", ({ id }) => id],
      seat: ["int", ({ seat }) => seat],
      slug: ["text", ({ slug }) => slug],
      kind: ["text", ({ kind }) => kind],
      name: ["text", ({ name }) => name],
    })}
    join unit u on u.id = a.id
    join unit_version v on v.unit_id = a.seat and (u.ended_on is null or v.valid_from < u.ended_on)
      and (u.began_on is null or v.valid_to is null or v.valid_to > u.began_on)
    on conflict (unit_id, valid_from) do update set valid_to = excluded.valid_to, code = excluded.code`.execute(em.getKysely());
};

/** Ends an agency on the day; the caller rebuilds its contributions. */
export const endAgency = async (em: EntityManager, id: number, endedOn: Day): Promise<void> => {
  const db = em.getKysely();
  await sql`update unit set ended_on = ${endedOn} where id = ${id}`.execute(db);
  await sql`select drop_agency_versions(${id}, ${endedOn})`.execute(db);
  await sql`update unit_version set valid_to = ${endedOn} where unit_id = ${id} and (valid_to is null or valid_to > ${endedOn})`.execute(
    db,
  );
};

/** From that day on the successor holds the predecessor's work and is found by its names. */
export const insertWholeSuccession = async (em: EntityManager, predecessor: number, successor: number, effectiveOn: Day): Promise<void> => {
  const db = em.getKysely();
  await sql`
    insert into succession (predecessor_id, successor_id, effective_on, kind)
    values (${predecessor}, ${successor}, ${effectiveOn}, 'WHOLE')`.execute(db);
};

/** Returns the agencies with all predecessors and successors, because their contributions depend on each other. */
export const withKin = async (em: EntityManager, agencies: readonly number[]): Promise<number[]> => {
  const { rows } = await sql<{ id: number }>`
    with recursive kin as (
      select unnest(${agencies}::int[]) as id
      union
      select case when s.predecessor_id = k.id then s.successor_id else s.predecessor_id end
      from kin k join succession s on s.predecessor_id = k.id or s.successor_id = k.id
    ) select id from kin`.execute(em.getKysely());
  return rows.map(({ id }) => id);
};
