import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { template } from "../database/template.ts";
import type { Rows } from "../database/reader.ts";
import { Hierarchy } from "./hierarchy.ts";
import { type HierarchyUnit, NEVER } from "./hierarchy-content.ts";
import type { SuccessionKind, Tier, UnitKind } from "./unit.entity.ts";

/** Every change of units, agencies too, calls it in its transaction, at the end, because writers wait for the row. */
export const raiseHierarchyVersion = async (em: EntityManager): Promise<void> => {
  await sql`
    insert into hierarchy_version (id, version) values (1, gen_random_uuid())
    on conflict (id) do update set version = excluded.version`.execute(em.getKysely());
};

/** In the transaction of a change: until its end no units change. */
export const HOLD_HIERARCHY = template<{ version: string }>([], () => sql`select version from hierarchy_version for share`)({});

export const readHierarchyVersion = async (rows: Rows): Promise<string | null> =>
  (await rows.rows(sql<{ version: string }>`select version from hierarchy_version`))[0]?.version ?? null;

/** Separates values and rows; texts of units contain no control characters. */
const [VALUE, ROW] = ["\u001F", "\u001E"];
const day = (column: string) => sql`coalesce(to_char(${sql.ref(column)}, 'YYYYMMDD'), ${sql.lit(String(NEVER))})`;

/** Three texts transfer ten times as fast as tens of thousands of rows, which sort faster than their texts. */
const CONTENT = sql<{ version: string | null; versions: string; successions: string; editions: string }>`
  select (select version from hierarchy_version) as version,
    coalesce((select string_agg(concat_ws(${VALUE}, unit_id, key, code, name, full_name, coalesce(name_en, ''), coalesce(parent_id, 0),
      coalesce(tier, ''), kind, ${day("valid_from")}, ${day("valid_to")}), ${ROW})
      from (select u.key, v.* from unit_version v join unit u on u.id = v.unit_id order by v.code collate "C", v.unit_id, v.valid_from) v), '') as versions,
    coalesce((select string_agg(concat_ws(${VALUE}, predecessor_id, successor_id, ${day("effective_on")}, kind, coalesce(share::text, '')), ${ROW})
      from succession), '') as successions,
    coalesce((select string_agg(concat_ws(${VALUE}, id, ${day("starts_on")}), ${ROW}) from edition), '') as editions`;

/** Reads the hierarchy and its version in one statement, so that they belong together. */
export const readHierarchy = async (rows: Rows): Promise<Hierarchy> => {
  const [{ version, versions, successions, editions }] = (await rows.rows(CONTENT)) as [(typeof CONTENT)["expressionType"] & object];
  return new Hierarchy({
    version,
    versions: valuesOf(versions).map(versionOf),
    successions: valuesOf(successions).map(([predecessor, successor, effectiveOn, kind, share]) => ({
      ...{ predecessor: Number(predecessor), successor: Number(successor), effectiveOn: Number(effectiveOn) },
      ...{ kind: kind as SuccessionKind, share: share === "" ? null : Number(share) },
    })),
    editions: valuesOf(editions).map(([id, startsOn]) => ({ id: Number(id), startsOn: Number(startsOn) })),
  });
};

const valuesOf = (text: string): string[][] => (text === "" ? [] : text.split(ROW).map((row) => row.split(VALUE)));

const versionOf = (values: readonly string[]): HierarchyUnit => {
  const [unitNo, id, code, name, fullName, nameEn, parentNo, tier, kind, from, to] = values as readonly [string, ...string[]];
  return {
    ...{ unitNo: Number(unitNo), id: id!, code: code!, name: name!, fullName: fullName!, nameEn: nameEn || null },
    ...{ parentNo: Number(parentNo) || null, tier: (tier || null) as Tier | null, kind: kind as UnitKind },
    ...{ from: Number(from), to: Number(to) },
  };
};
