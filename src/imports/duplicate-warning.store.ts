import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { coveredBy, coveredUnits } from "../access/scope.ts";
import { rowsOf } from "../database/reader.ts";
import type { RecordTable } from "./compare.store.ts";
import type { ImportWarning } from "./import-report.ts";
import { type Staged, STATUSES } from "./stage.ts";

const AT_ONCE = 1000;

interface Found {
  readonly row: number;
  readonly code: string;
  readonly sources: readonly string[];
}

/**
 * Warns of each staged row whose record another source has sent too, because it counts twice. Callers see only records that they may write. Imports record which sources
 * have records of a unit, so most rows need no look-up. Sources that begin with @ send nothing.
 */
export async function* duplicateWarnings(
  em: EntityManager,
  { kind, table, unit }: RecordTable,
  { key, sourceId, stage, grants }: Staged,
): AsyncGenerator<ImportWarning> {
  const isWritten = grants === null ? sql`true` : sql`unit_id in (${coveredUnits(grants)})`;
  const isVisible = grants === null ? sql`true` : coveredBy(grants, sql.ref(`d.${unit}`));
  await sql`
    declare known_elsewhere no scroll cursor for
    with place as materialized (select distinct province_id, source_id from record_unit where kind = ${sql.lit(kind)} and source_id <> ${sourceId}::int and ${isWritten})
    select s.row, s.code, array_agg(distinct o.name) as sources
    from place join ${sql.table(table)} d on d.province_id = place.province_id and d.source_id = place.source_id
    join ${stage} s on s.code = d.code join source o on o.id = d.source_id and o.name not like '@%'
    where s.import = ${key}::uuid and s.status <> ${sql.lit(STATUSES.REJECTED)} and ${isVisible}
    group by s.row, s.code order by s.row`.execute(em.getKysely());
  for (;;) {
    const found = await rowsOf(em).rows(sql<Found>`fetch ${sql.lit(AT_ONCE)} from known_elsewhere`);
    for (const one of found) yield warningOf(one);
    if (found.length < AT_ONCE) break;
  }
  await sql`close known_elsewhere`.execute(em.getKysely());
}

const warningOf = ({ row, code, sources }: Found): ImportWarning => ({
  ...{ row, record: code, field: "code", code: "KNOWN_FROM_OTHER_SOURCE" },
  message: `code: ${JSON.stringify(code)} was also sent by ${sources.join(", ")}, and counts for each source`,
});
