import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { tryLock } from "../database/locks.ts";
import { recordChange } from "../journal/audit.ts";
import type { Day } from "../lib/time/date.ts";
import { followAgencies, spanningAgencies } from "./agency-follow.service.ts";
import { dropSetsBefore, dropSetsOfUnits } from "../rollups/invalidate.ts";
import { lockUnits, makeContributionsWithin, renewContributions } from "../hierarchy/contribution.service.ts";
import { raiseHierarchyVersion } from "../hierarchy/hierarchy.store.ts";
import { unitsMoved } from "../hierarchy/rollup-version.store.ts";
import { changesOf, type EditionChange, newEditions } from "../hierarchy/unit-change.ts";
import { livesOf, type SuccessionFileRow, type VersionRow } from "../hierarchy/unit-file.ts";
import { insertSuccessions, insertUnits, insertVersions, type Numbers } from "../hierarchy/unit-load.service.ts";
import { type StoredUnits, type MergedUnits, mergeUnits } from "../hierarchy/unit-merge.ts";
import { checkCounts, type NextFiles } from "../hierarchy/unit-next.ts";
import { relation } from "../database/relation.ts";

/** What the files would change in the hierarchy. */
export interface Plan {
  readonly stored: StoredUnits;
  readonly merged: MergedUnits;
  readonly changes: readonly EditionChange[];
}

export interface Applied {
  readonly changes: readonly EditionChange[];
  /** The last edition before, and the new ones. */
  readonly last: number;
  readonly made: readonly number[];
}

/** @throws FileError naming file, row and column of what cannot be applied. */
export const planUnits = async (em: EntityManager, files: NextFiles): Promise<Plan> => planFrom(await storedUnits(em), files);

/** @throws FileError as planUnits does. */
export const planFrom = (stored: StoredUnits, files: NextFiles): Plan => {
  const merged = mergeUnits(stored, files);
  const changes = changesOf(stored, merged);
  checkCounts(files.editions, merged, changes);
  return { stored, merged, changes };
};

/** Applies the files in one transaction of the owner. @throws Error while another command applies files. */
export const applyUnits = (owner: EntityManager, files: NextFiles, actorName: string, now: Date): Promise<Applied> =>
  owner.transactional(async (em) => {
    if (!(await tryLock(em, "unitsApply")))
      throw new Error("units are being applied by another command; nothing was changed, try again when it is done");
    await lockUnits(em);
    const plan = await planUnits(em, files);
    const last = await lastEdition(em);
    if (plan.changes.length === 0) return { changes: [], last, made: [] };
    const made = await write(em, plan);
    await recordChange(em, {
      ...{ actor: `command:${actorName}`, actorName, operation: "units apply", unitNo: await country(em), subject: null, at: now },
      before: { lastEdition: plan.stored.lastEdition },
      after: { files: files.digests, ...sizeOf(plan) },
    });
    await raiseHierarchyVersion(em);
    return { changes: plan.changes, last, made };
  });

/** Returns the country, to which a change of the hierarchy belongs. */
const country = async (em: EntityManager): Promise<number> => {
  const { rows } = await sql<{
    no: number;
  }>`select unit_id as no from unit_version where tier = 'COUNTRY' order by valid_from desc limit 1`.execute(em.getKysely());
  return rows[0]!.no;
};

const sizeOf = ({ merged: { begun, closed, succeeded }, changes }: Plan) => ({
  ...{ versionsBegun: begun.size, versionsClosed: closed.size, successions: succeeded.length },
  editions: changes.map(({ day, before, after }) => ({ day, before, after })),
});

export const storedUnits = async (em: EntityManager): Promise<StoredUnits> => {
  const db = em.getKysely();
  const versions = await sql<VersionRow>`
    select u.key, v.valid_from as "validFrom", v.valid_to as "validTo", v.code, p.key as "parentKey", v.tier, v.kind, v.name,
      v.full_name as "fullName", v.name_en as "nameEn", v.resolution
    from unit_version v join unit u on u.id = v.unit_id left join unit p on p.id = v.parent_id where v.tier is not null
    order by v.unit_id, v.valid_from`.execute(db);
  const successions = await sql<SuccessionFileRow>`
    select p.key as predecessor, n.key as successor, s.effective_on as "effectiveOn", s.kind, s.share, s.resolution, s.note
    from succession s join unit p on p.id = s.predecessor_id join unit n on n.id = s.successor_id
    where exists (select from unit_version v where v.unit_id = p.id and v.tier is not null) order by s.predecessor_id, s.successor_id`.execute(
    db,
  );
  const { rows } = await sql<{ day: Day | null }>`select max(starts_on) as day from edition`.execute(db);
  if (!rows[0]?.day) throw new Error("the database has no units yet; npm start loads those of the seeds first");
  return { versions: versions.rows, successions: successions.rows, lastEdition: rows[0].day };
};

const lastEdition = async (em: EntityManager): Promise<number> =>
  (await sql<{ id: number }>`select id from edition order by starts_on desc limit 1`.execute(em.getKysely())).rows[0]!.id;

/** @returns the new editions. */
const write = async (em: EntityManager, { stored, merged }: Plan): Promise<number[]> => {
  const db = em.getKysely();
  const existing = await numbersOf(em);
  const isNew = ({ key }: VersionRow) => !existing.has(key);
  const firstNew = (await sql<{ id: number }>`select max(id) + 1 as id from unit`.execute(db)).rows[0]!.id;
  const begun = [...merged.begun.keys()];
  const newKeys = [...new Set(begun.filter(isNew).map(({ key }) => key))];
  const numbers: Numbers = new Map([...existing, ...newKeys.map((key, n) => [key, firstNew + n] as const)]);
  await insertUnits(em, begun.filter(isNew), numbers);
  await closeVersions(em, merged, numbers);
  await insertVersions(em, begun, numbers);
  await insertSuccessions(em, merged.succeeded, numbers);
  const altered = new Set([...merged.closed.keys(), ...begun].filter((version) => !isNew(version)).map(({ key }) => key));
  await endUnits(em, merged, altered, numbers);
  const days = newEditions(stored, merged);
  const agencies = await followAgencies(em, merged, [...altered], numbers);
  const made = await insertEditions(em, days);
  await sql`analyze unit, unit_version, succession, edition`.execute(db);
  const spanning = await spanningAgencies(em, days[0]!);
  const heirs = merged.succeeded.map(({ successor }) => successor).filter((key) => existing.has(key));
  const gaining = await leadingTo(
    em,
    [...new Set(heirs)].map((key) => numbers.get(key)!),
  );
  await renewContributions(em, [...new Set([...newKeys.map((key) => numbers.get(key)!), ...gaining, ...agencies, ...spanning])]);
  await makeContributionsWithin(em, made);
  await unitsMoved(em);
  await dropSetsOfUnits(em, [...agencies, ...spanning]);
  await dropSetsBefore(em, gaining);
  return made;
};

const numbersOf = async (em: EntityManager): Promise<Map<string, number>> => {
  const { rows } = await sql<{ key: string; id: number }>`select key, id from unit`.execute(em.getKysely());
  return new Map(rows.map(({ key, id }) => [key, id]));
};

const closeVersions = async (em: EntityManager, { closed }: MergedUnits, numbers: Numbers): Promise<void> => {
  const versions = [...closed.keys()];
  await sql`
    update unit_version v set valid_to = c.valid_to
    from ${relation("c", versions, {
      unit_id: ["int", ({ key }) => numbers.get(key)!],
      valid_from: ["date", ({ validFrom }) => validFrom],
      valid_to: ["date", ({ validTo }) => validTo],
    })}
    where v.unit_id = c.unit_id and v.valid_from = c.valid_from`.execute(em.getKysely());
};

const endUnits = async (em: EntityManager, { versions }: MergedUnits, altered: ReadonlySet<string>, numbers: Numbers): Promise<void> => {
  const lives = [...livesOf(versions.filter(({ key }) => altered.has(key))).values()];
  await sql`
    update unit u set ended_on = l.ended_on
    from ${relation("l", lives, { id: ["int", ({ key }) => numbers.get(key)!], ended_on: ["date", ({ validTo }) => validTo] })}
    where u.id = l.id`.execute(em.getKysely());
};

const insertEditions = async (em: EntityManager, days: readonly Day[]): Promise<number[]> => {
  const { rows } = await sql<{ id: number }>`
    insert into edition (id, starts_on, contributed)
    select (select max(id) from edition) + n, day, false from unnest(${days}::date[]) with ordinality d(day, n) returning id`.execute(
    em.getKysely(),
  );
  return rows.map(({ id }) => id);
};

/** Returns units that began after 2015-08-31 and whose predecessors, at any distance, lead through one of the given ones. */
const leadingTo = async (em: EntityManager, units: readonly number[]): Promise<number[]> => {
  const { rows } = await sql<{ id: number }>`
    with recursive concerned as (
      select id from unit where id = any(${units}::int[]) and began_on is not null
      union
      select u.id from concerned l cross join lateral (
        select s.successor_id as id from succession s where s.predecessor_id = l.id
        union all
        select v.unit_id from unit_version v join unit c on c.id = v.unit_id
        where v.parent_id = l.id and (v.valid_from = c.began_on or v.valid_to = c.ended_on)
      ) next join unit u on u.id = next.id
    ) select id from concerned`.execute(em.getKysely());
  return rows.map(({ id }) => id);
};
