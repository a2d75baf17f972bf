import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import { rowsOf } from "../database/reader.ts";
import { WHOLE_UNIT } from "../figures/tree.ts";
import { columnName, type RollupKind, summedColumns } from "../figures/measure.ts";
import type { Cell } from "./cell.ts";
import type { Atom, Decomposed } from "./atom.ts";
import { ALL_TIERS, type QuotedRate } from "./rollup.entity.ts";
import { keyed, relation } from "../database/relation.ts";

export interface SetContent extends Decomposed {
  readonly setId: number;
  readonly recorded: boolean;
  readonly replaced: readonly Atom[];
  readonly cells: readonly Cell[];
  readonly quoted: readonly { unitId: number; handlingTier: string; sources: ReadonlySet<number>; rates: Record<string, QuotedRate> }[];
}

/**
 * Carries the evidence of the sets to every unit of their editions and stores the sums: certain amounts as columns, possible amounts by name, the measures that every
 * covered unit reports, and quoted rates.
 */
export const storeRollups = async (em: EntityManager, kind: RollupKind, contents: readonly SetContent[]): Promise<void> => {
  if (contents.every(({ cells, quoted }) => cells.length === 0 && quoted.length === 0)) return;
  await storeReportedMeasures(em, kind, contents);
  const columns = summedColumns(kind);
  const table = sql.table(`${kind.name}_rollup`);
  const stored = sql.join(columns.map((name) => sql.ref(columnName(name))));
  const sums = sql.join(columns.map((name, n) => sql`sum(sign * columns[${sql.lit(n + 1)}])::bigint as ${sql.ref(columnName(name))}`));
  const shown = sql.join(columns.map((name) => sql`max(${sql.ref(columnName(name))})`));
  const nothing = sql.join(columns.map(() => sql`null::bigint`));
  await rowsOf(em).rows(sql`
    with ${inputs(contents)},
    ${PLACED},
    ${certainSums(sums)},
    ${possibleSums(kind, columns)},
    ${KNOWN},
    quote as (
      select q.set_id, q.unit_id as target_id, q.slot, q.rates from quoted q join rollup_set s on s.id = q.set_id
      join contribution c on c.edition_id = s.edition_id and c.target_id = q.unit_id and c.unit_id = q.unit_id
    ),
    -- Grouping replaces joins, because the planner cannot estimate the sizes of the parts and some joins took minutes.
    part as (
      select set_id, target_id, slot, null::int as covered, null::int as mask, false as inexact, null::jsonb as possible, null::jsonb as quoted,
        ${stored} from certain
      union all select set_id, target_id, slot, null, null, inexact, amounts, null, ${nothing} from possible
      union all select set_id, target_id, slot, covered, mask, false, null, null, ${nothing} from reported
      union all select set_id, target_id, slot, null, null, false, null, rates, ${nothing} from quote
    ),
    stored as (
      insert into ${table} (set_id, unit_id, slot, covered, reported, exact, possible, quoted, ${stored})
      select set_id, target_id, slot, coalesce(max(covered), 0), coalesce(max(mask), 0), not bool_or(inexact),
        (array_agg(possible) filter (where possible is not null))[1], (array_agg(quoted) filter (where quoted is not null))[1], ${shown}
      from part group by set_id, target_id, slot
      returning set_id
    )
    update rollup_set s set rows = s.rows + n.rows from (select set_id, count(*) as rows from stored group by 1) n where n.set_id = s.id`);
  await storeSources(em, kind, contents);
};

/** The contribution of each atom to each unit that it leads to. */
const PLACED = sql`
  placed as materialized (
    select a.set_id, a.slot, a.sign, a.columns, c.target_id, c.certain
    from atom a join rollup_set s on s.id = a.set_id join contribution c on c.edition_id = s.edition_id and c.unit_id = a.unit_id
  )`;

const certainSums = (sums: RawBuilder<unknown>) => sql`
  certain as (
    select set_id, target_id, coalesce(slot, ${ALL_TIERS}) as slot, ${sums}
    from placed where certain group by grouping sets ((set_id, target_id, slot), (set_id, target_id))
    having slot is distinct from ${WHOLE_UNIT}
  )`;

/** The possible sums: atoms that lead to a unit only possibly, and undistributed amounts at each unit that may have a part of them. */
const possibleSums = (kind: RollupKind, columns: readonly string[]) => sql`
  -- Both look-ups go by unit, because each unit contributes to few others; by target the planner would scan the whole country.
  spread_target as (
    select spread, target_id from (
      select p.spread, c.target_id, false as of_author from spread p join rollup_set s on s.id = p.set_id
      join receiver r on r.spread = p.spread join contribution c on c.edition_id = s.edition_id and c.unit_id = r.unit_id
      union all
      select p.spread, c.target_id, true from spread p join rollup_set s on s.id = p.set_id
      join contribution c on c.edition_id = s.edition_id and c.unit_id = p.unit_id
    ) either group by spread, target_id having not bool_or(of_author)
  ),
  possible_amount as (
    select set_id, target_id, slot, n::int as n, sign, amount from placed cross join unnest(columns) with ordinality u(amount, n)
    where not certain and amount is not null
    union all
    select p.set_id, t.target_id, p.slot, p.n, 1, p.amount from spread p join spread_target t on t.spread = p.spread
  ),
  possible_sum as (
    select set_id, target_id, coalesce(slot, ${ALL_TIERS}) as slot, n, sum(sign * greatest(amount, 0))::bigint as amount, bool_or(sign > 0) as is_reported
    from possible_amount group by grouping sets ((set_id, target_id, slot, n), (set_id, target_id, n))
    having slot is distinct from ${WHOLE_UNIT}
  ),
  possible as (
    select set_id, target_id, slot, jsonb_object_agg((${columns}::text[])[n], amount) as amounts, bool_or(is_reported and n <= ${kind.measures.length}) as inexact
    from possible_sum group by 1, 2, 3
  )`;

const KNOWN = sql`
  reported_place as (
    select k.set_id, c.target_id, k.unit_id, k.slot, k.mask from measure_coverage k join rollup_set s on s.id = k.set_id
    join contribution c on c.edition_id = s.edition_id and c.unit_id = k.unit_id and c.certain
    where k.author_id = k.unit_id
    union all
    select min(set_id), target_id, min(unit_id), min(slot), min(mask) from (
      select k.n, k.set_id, c.target_id, k.unit_id, k.slot, k.mask from measure_coverage k join rollup_set s on s.id = k.set_id
      join contribution c on c.edition_id = s.edition_id and c.certain and c.unit_id = any(array[k.unit_id, k.author_id])
      where k.author_id <> k.unit_id
    ) side group by n, target_id having count(*) = 2
  ),
  reported_unit as (
    select set_id, target_id, unit_id, max(slot) filter (where slot <> ${WHOLE_UNIT}) as slot,
      bit_or(mask) filter (where slot <> ${WHOLE_UNIT}) as of_tier, bit_or(mask) as of_any
    from reported_place group by 1, 2, 3
  ),
  reported as (
    select set_id, target_id, slot, count(*)::int as covered, bit_and(of_tier) as mask from reported_unit where slot is not null group by 1, 2, 3
    union all
    select set_id, target_id, ${ALL_TIERS}, count(*)::int, bit_and(of_any) from reported_unit group by 1, 2
  )`;

/** Coverage by unit is stored only for periods that also have records, because reads merge both there. */
const storeReportedMeasures = async (em: EntityManager, kind: RollupKind, contents: readonly SetContent[]): Promise<void> => {
  const rows = contents.flatMap(({ setId, recorded, measureCoverage }) =>
    !recorded ? [] : measureCoverage.map((coverage) => ({ setId, ...coverage })),
  );
  if (rows.length === 0) return;
  await rowsOf(em).rows(sql`
    with stored as (
      insert into rollup_knowledge (set_id, kind, unit_id, author_id, slot, mask)
      select set_id, ${kind.name}, unit_id, author_id, slot, mask from ${relation("n", rows, {
        set_id: ["int", ({ setId }) => setId],
        unit_id: ["int", ({ unitId }) => unitId],
        author_id: ["int", ({ authorId }) => authorId],
        slot: ["text", ({ handlingTier }) => handlingTier],
        mask: ["int", ({ mask }) => mask],
      })}
      returning set_id
    )
    update rollup_set s set rows = s.rows + n.rows from (select set_id, count(*) as rows from stored group by 1) n where n.set_id = s.id`);
};

/** A cell's sources belong to its unit and to units that may have a part of it; those of a quoted rate belong to its unit alone. */
const storeSources = async (em: EntityManager, kind: RollupKind, contents: readonly SetContent[]): Promise<void> => {
  const rows = new Map<string, { setId: number; handlingTier: string; unitId: number; sourceId: number; own: boolean }>();
  for (const { setId, cells, spreads, quoted } of contents) {
    const add = (unitId: number, handlingTier: string, sources: ReadonlySet<number>, own: boolean): void => {
      for (const sourceId of sources)
        rows.set(`${setId} ${unitId} ${handlingTier} ${sourceId}`, { setId, handlingTier, unitId, sourceId, own });
    };
    for (const { unitId, handlingTier, sources } of quoted) add(unitId, handlingTier, sources, true);
    const receivers = Map.groupBy(spreads, ({ unitId, handlingTier }) => `${unitId} ${handlingTier}`);
    for (const { unitId, handlingTier, sources } of cells) {
      if (sources.size === 0) continue;
      const units = new Set([unitId, ...(receivers.get(`${unitId} ${handlingTier}`) ?? []).flatMap((spread) => spread.receivers)]);
      for (const unit of units) add(unit, handlingTier, sources, false);
    }
  }
  const all = [...rows.values()];
  await rowsOf(em).rows(sql`
    with stored as (
      insert into rollup_source (set_id, kind, slot, unit_id, source_id, own)
      select set_id, ${kind.name}, slot, unit_id, source_id, own
      from ${relation("r", all, {
        set_id: ["int", ({ setId }) => setId],
        slot: ["text", ({ handlingTier }) => handlingTier],
        unit_id: ["int", ({ unitId }) => unitId],
        source_id: ["int", ({ sourceId }) => sourceId],
        own: ["boolean", ({ own }) => own],
      })}
      returning set_id
    )
    update rollup_set s set rows = s.rows + n.rows from (select set_id, count(*) as rows from stored group by 1) n where n.set_id = s.id`);
};

const inputs = (contents: readonly SetContent[]): RawBuilder<unknown> => {
  const spreads = contents.flatMap(({ setId, spreads: own }) => own.map((spread) => ({ setId, ...spread })));
  return sql`
    atom as materialized (select set_id, sign, unit_id, slot, columns::bigint[] as columns from ${atomsOf(contents)}),
    spread as materialized (select spread::int, set_id, unit_id, slot, n, amount from ${spreadsOf(spreads)}),
    receiver as materialized (select * from ${receiversOf(spreads)}),
    measure_coverage as materialized (select * from ${reportedMeasuresOf(contents)}),
    quoted as materialized (select * from ${quotedOf(contents)})`;
};

const listOf = (numbers: readonly (number | null)[]) => `{${numbers.map((number) => number ?? "NULL").join()}}`;

const atomsOf = (contents: readonly SetContent[]) => {
  const atoms = contents.flatMap(({ setId, atoms: own, replaced }) => [
    ...own.map((atom) => ({ setId, sign: 1, ...atom })),
    ...replaced.map((atom) => ({ setId, sign: -1, ...atom })),
  ]);
  return relation("a", atoms, {
    set_id: ["int", ({ setId }) => setId],
    unit_id: ["int", ({ unitId }) => unitId],
    slot: ["text", ({ handlingTier }) => handlingTier],
    columns: ["text", ({ columns }) => listOf(columns)],
    sign: ["int", ({ sign }) => sign],
  });
};

type SpreadOfSet = SetContent["spreads"][number] & { readonly setId: number };

const spreadsOf = (spreads: readonly SpreadOfSet[]) => {
  const columns = {
    set_id: ["int", ({ setId }: SpreadOfSet) => setId],
    unit_id: ["int", ({ unitId }: SpreadOfSet) => unitId],
    slot: ["text", ({ handlingTier }: SpreadOfSet) => handlingTier],
    n: ["int", ({ column }: SpreadOfSet) => column + 1],
    amount: ["bigint", ({ amount }: SpreadOfSet) => amount],
  } as const;
  return keyed("s", spreads, columns, "spread");
};

const receiversOf = (spreads: readonly SpreadOfSet[]) =>
  relation(
    "r",
    spreads.flatMap(({ receivers }, n) => receivers.map((unitId) => ({ n, unitId }))),
    { spread: ["int", ({ n }) => n + 1], unit_id: ["int", ({ unitId }) => unitId] },
  );

const reportedMeasuresOf = (contents: readonly SetContent[]) =>
  keyed(
    "k",
    contents.flatMap(({ setId, measureCoverage }) => measureCoverage.map((covered) => ({ setId, ...covered }))),
    {
      set_id: ["int", ({ setId }) => setId],
      unit_id: ["int", ({ unitId }) => unitId],
      author_id: ["int", ({ authorId }) => authorId],
      slot: ["text", ({ handlingTier }) => handlingTier],
      mask: ["int", ({ mask }) => mask],
    },
    "n",
  );

const quotedOf = (contents: readonly SetContent[]) =>
  relation(
    "q",
    contents.flatMap(({ setId, quoted }) => quoted.map((quote) => ({ setId, ...quote }))),
    {
      set_id: ["int", ({ setId }) => setId],
      unit_id: ["int", ({ unitId }) => unitId],
      slot: ["text", ({ handlingTier }) => handlingTier],
      rates: ["jsonb", ({ rates }) => JSON.stringify(rates)],
    },
  );
