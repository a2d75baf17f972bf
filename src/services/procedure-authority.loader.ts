import { type RawBuilder, sql } from "kysely";
import type { RequestContext } from "../access/request-context.ts";
import { manyBy, type Positioned } from "../database/loader.ts";
import { evidenceOf, figureRows } from "../figures/evidence.ts";
import { countInRange } from "../figures/int-range.ts";
import type { RollupKey } from "../counters/rollup-key.ts";
import { cellDayOf } from "../rollups/rollup-set.loader.ts";
import type { EvidenceKind } from "../hierarchy/unit-view.ts";
import { tracedEditions } from "../hierarchy/edition.ts";
import type { UnitKind } from "../hierarchy/unit.entity.ts";
import { keyed } from "../database/relation.ts";

export type ProcedureAuthorityRow = Positioned & { kind: UnitKind; name: string; procedures: number };

/**
 * Procedures by authority from statements that are certain in the unit; statements of units below it are part of these. A unit's statement about all its tiers takes
 * precedence over statements about single tiers.
 */
export const proceduresByAuthority = (context: RequestContext, kind: EvidenceKind) => {
  const { session: reader, today } = context;
  const evidence = context.use(evidenceOf, kind);
  return manyBy<RollupKey, ProcedureAuthorityRow>(
    ({ unit, period, handledBy }) => `${unit.no}@${unit.asOf}|${period.name}|${handledBy ?? ""}`,
    async (keys) => {
      const cellDays = keys.map(({ period }) => cellDayOf(period, today));
      const editions = await tracedEditions(context, [...keys.map(({ unit }) => unit.asOf), ...cellDays]);
      const rows = await figureRows(reader, evidence, (counting) => authoritiesOf(keys, editions, counting));
      return rows.map((row) => ({ ...row, procedures: countInRange("service.procedures-by-authority", row.procedures) }));
    },
  );
};

/** @param editions of the days of all keys, and then of their cells */
const authoritiesOf = (
  keys: readonly RollupKey[],
  editions: readonly number[],
  counting: RawBuilder<boolean>,
) => sql<ProcedureAuthorityRow>`
  with k as (
    select * from ${keyed("k", keys, {
      no: ["int", ({ unit }) => unit.no],
      edition_id: ["int", (_, n) => editions[n]],
      cell_edition_id: ["int", (_, n) => editions[keys.length + n]],
      f: ["date", ({ period }) => period.from],
      t: ["date", ({ period }) => period.to],
      tier: ["text", ({ handledBy }) => handledBy],
    })}
  ), stated as (
    select distinct on (k.i, f.unit_id, f.scope, f.qualifiers ->> 'kind', f.qualifiers ->> 'name')
      k.i, k.cell_edition_id, f.unit_id, f.scope, f.qualifiers ->> 'kind' as kind, f.qualifiers ->> 'name' as name, f.value
    from k join contribution c on c.edition_id = k.edition_id and c.target_id = k.no and c.certain
    join figure f on f.unit_id = c.unit_id and f.measure = 'service.procedures-by-authority' and f.period_from = k.f and f.period_to = k.t
      and (k.tier is null or f.scope = k.tier)
    join source s on s.id = f.source_id and ${counting}
    order by k.i, f.unit_id, f.scope, f.qualifiers ->> 'kind', f.qualifiers ->> 'name', s.published_on desc nulls last, s.id desc
  )
  select i::int, kind, name, sum(value)::bigint as procedures from stated s
  where (s.scope is null or not exists (select from stated w where w.i = s.i and w.unit_id = s.unit_id and w.scope is null))
    and not exists (
      select from stated o join contribution c on c.edition_id = s.cell_edition_id and c.target_id = o.unit_id and c.unit_id = s.unit_id and c.certain
      where o.i = s.i and o.unit_id <> s.unit_id)
  group by i, kind, name order by i, procedures desc, name collate "C"`;
