import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { type Day, FIRST_DAY } from "../lib/time/date.ts";
import type { EditionFile, SuccessionFileRow, UnitFiles, VersionRow } from "./unit-file.ts";
import { raiseHierarchyVersion } from "./hierarchy.store.ts";
import type { Tier } from "./unit.entity.ts";
import { validOn } from "./sql.ts";
import { relation } from "../database/relation.ts";

/** Stores the units of the files in an empty database. @throws FileError if the result differs from the counts of editions.csv. */
export const loadUnits = async (em: EntityManager, { versions, successions, editions }: UnitFiles): Promise<void> => {
  const numbers = new Map([...new Set(versions.map(({ key }) => key))].map((key, n) => [key, n + 1]));
  await insertUnits(em, versions, numbers);
  await insertVersions(em, versions, numbers);
  await insertSuccessions(em, successions, numbers);
  await insertEditions(em);
  await raiseHierarchyVersion(em);
  await sql`analyze unit, unit_version, succession, edition`.execute(em.getKysely());
  await checkEditions(em, editions);
};

export type Numbers = ReadonlyMap<string, number>;

export const insertUnits = async (em: EntityManager, versions: readonly VersionRow[], numbers: Numbers): Promise<void> => {
  await sql`
    insert into unit (id, key, began_on, ended_on)
    select id, key, nullif(min(f), ${FIRST_DAY}::date), case when bool_or(t is null) then null else max(t) end
    from ${relation("v", versions, {
      id: ["int", ({ key }) => numbers.get(key)!],
      key: ["text", ({ key }) => key],
      f: ["date", ({ validFrom }) => validFrom],
      t: ["date", ({ validTo }) => validTo],
    })}
    group by id, key`.execute(em.getKysely());
};

export const insertVersions = async (em: EntityManager, versions: readonly VersionRow[], numbers: Numbers): Promise<void> => {
  await sql`
    insert into unit_version (unit_id, valid_from, valid_to, code, parent_id, tier, kind, name, full_name, name_en, resolution)
    select * from ${relation("n", versions, {
      unit_id: ["int", ({ key }) => numbers.get(key)!],
      valid_from: ["date", ({ validFrom }) => validFrom],
      valid_to: ["date", ({ validTo }) => validTo],
      code: ["text", ({ code }) => code],
      parent_id: ["int", ({ parentKey }) => (parentKey === null ? null : numbers.get(parentKey)!)],
      tier: ["text", ({ tier }) => tier],
      kind: ["text", ({ kind }) => kind],
      name: ["text", ({ name }) => name],
      full_name: ["text", ({ fullName }) => fullName],
      name_en: ["text", ({ nameEn }) => nameEn],
      resolution: ["text", ({ resolution }) => resolution],
    })}`.execute(em.getKysely());
};

export const insertSuccessions = async (em: EntityManager, rows: readonly SuccessionFileRow[], numbers: Numbers): Promise<void> => {
  await sql`
    insert into succession (predecessor_id, successor_id, effective_on, kind, share, resolution, note)
    select * from ${relation("n", rows, {
      predecessor_id: ["int", ({ predecessor }) => numbers.get(predecessor)!],
      successor_id: ["int", ({ successor }) => numbers.get(successor)!],
      effective_on: ["date", ({ effectiveOn }) => effectiveOn],
      kind: ["text", ({ kind }) => kind],
      share: ["float8", ({ share }) => share],
      resolution: ["text", ({ resolution }) => resolution],
      note: ["text", ({ note }) => note],
    })}`.execute(em.getKysely());
};

/** Each day on which a version begins or ends starts an edition. */
const insertEditions = async (em: EntityManager): Promise<void> => {
  await sql`
    insert into edition (id, starts_on, contributed)
    select row_number() over (order by day), day, false
    from (select valid_from as day from unit_version union select valid_to from unit_version where valid_to is not null) d`.execute(
    em.getKysely(),
  );
};

const COUNTED = { provinces: "PROVINCE", districts: "DISTRICT", communes: "COMMUNE" } as const satisfies Record<string, Tier>;

const checkEditions = async (em: EntityManager, editions: readonly EditionFile[]): Promise<void> => {
  const { rows } = await sql<{ day: Day; tier: Tier; units: number }>`
    select e.starts_on as day, v.tier, count(*)::int as units from edition e
    join unit_version v on ${validOn(sql`e.starts_on`)}
    group by 1, 2`.execute(em.getKysely());
  const counts = new Map(rows.map(({ day, tier, units }) => [`${day} ${tier}`, units]));
  const loaded = new Set(rows.map(({ day }) => day));
  for (const row of editions) {
    if (!loaded.delete(row.get("date"))) throw row.fail("date", "is not a day on which a unit changes");
    for (const [column, tier] of Object.entries(COUNTED) as [keyof typeof COUNTED, Tier][]) {
      const found = counts.get(`${row.get("date")} ${tier}`) ?? 0;
      if (String(found) !== row.get(column)) throw row.fail(column, `is stated, but ${found} were loaded for ${row.get("date")}`);
    }
  }
  const unstated = [...loaded].toSorted()[0];
  if (unstated) throw editions.at(-1)!.fail("date", `is the last edition stated, but units change on ${unstated} too`);
};
