import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import { oneAtATime } from "../db/one-at-a-time.ts";
import { enterScope, type Reader } from "../db/reader.ts";
import type { Day } from "../time/date.ts";
import { periodOfDays } from "../time/period.ts";
import { ensureContributions } from "../units/contribution.service.ts";
import type { Tier } from "../units/unit.entity.ts";
import { type Cell, cellsOf, type StatedCount } from "./cell.ts";
import { type Atom, type Decomposed, decompose } from "./decompose.ts";
import { counted, type Evidence } from "./evidence.ts";
import { type Member, slotOf, type Tree, treeOf, WHOLE_UNIT } from "./tree.ts";
import { DOSSIER, ROLLUP_KINDS, type RollupKind } from "./measure.ts";
import { besidesRecords, mixedCells, type Recorded, type Records } from "./records.ts";
import { ALL_TIERS, type QuotedRate } from "./rollup.entity.ts";
import { storeRollups } from "./rollup.store.ts";

/** A period on an edition, its cells in the hierarchy of cellDay: the period's last day, or the last that is counted where that lies ahead. */
export interface SetKey {
  readonly editionId: number;
  readonly cellEditionId: number;
  readonly cellDay: Day;
  readonly from: Day;
  readonly to: Day;
  /** Numbers of the drafts that count besides what is published, by commas. */
  readonly drafts: string;
  /** Whether it tells what figures change of what records of dossiers add up to. */
  readonly recorded: boolean;
  /** The last day of which records are counted; without records that of the period. */
  readonly countedTo: Day;
}

/** What one set stores of one kind. */
export interface SetContent extends Decomposed {
  readonly setId: number;
  readonly recorded: boolean;
  /** Records that are read at their time, and of which a figure has taken the place. */
  readonly replaced: readonly Atom[];
  readonly cells: readonly Cell[];
  readonly quoted: readonly { unitId: number; slot: string; sources: ReadonlySet<number>; rates: Record<string, QuotedRate> }[];
}

interface FigureRow {
  sourceId: number;
  unitId: number;
  scope: Tier | null;
  from: Day;
  to: Day;
  measure: string;
  value: number | null;
  low: number | null;
  high: number | null;
  denominator: number | null;
}

/** What a set costs that stores nothing. */
const ROWS_OF_A_SET = 100;
/** Together the stored sets may hold this many rows; the oldest sets make room for new ones. */
const MAX_STORED_ROWS = 5_000_000;

/** Makes and stores the roll-ups of the keys that nobody has made yet. Two callers never make the same ones. */
export const makeRollupSets = async (reader: Reader, evidence: Evidence, records: Records, keys: readonly SetKey[]): Promise<void> => {
  const editions = keys.flatMap(({ editionId, cellEditionId, recorded }) => (recorded ? [editionId, cellEditionId] : [editionId]));
  await ensureContributions(reader, [...new Set(editions)]);
  const counting = counted(await evidence.drafts());
  await reader.build((em, turn) =>
    oneAtATime(
      em,
      () =>
        em.transactional(async (locked) => {
          await enterScope(locked, evidence.scope);
          await makeRollups(locked, keys, counting, records);
        }),
      turn,
    ),
  );
};

/** Roll-ups are made, and dropped with what they rest on, by one transaction at a time. */
export const lockRollups = (em: EntityManager) => sql`select pg_advisory_xact_lock(hashtext('cchc rollup'))`.execute(em.getKysely());

/** The same within a transaction. @returns what was made, with the numbers of the sets */
export const makeRollups = async (
  locked: EntityManager,
  keys: readonly SetKey[],
  counting: RawBuilder<boolean>,
  records: Records,
): Promise<(SetKey & { readonly setId: number })[]> => {
  await lockRollups(locked);
  const made = await insertSets(locked, keys);
  if (made.length === 0) return made;
  const figures = await figuresWithin(locked, made, counting);
  const trees = await treesOf(locked, [...new Set(made.map(({ cellDay }) => cellDay))]);
  const recorded: (readonly Recorded[] | null)[] = [];
  for (const { from, to, ...key } of made)
    recorded.push(key.recorded ? await records.cells(locked, { ...key, period: periodOfDays(from, to) }) : null);
  for (const kind of ROLLUP_KINDS) {
    const contents = made.map((key, n) => contentOf(kind, key, figures, trees.get(key.cellDay)!, kind === DOSSIER ? recorded[n]! : null));
    await storeRollups(locked, kind, contents);
  }
  await makeRoom(
    locked,
    made.map(({ setId }) => setId),
  );
  return made;
};

const insertSets = async (em: EntityManager, keys: readonly SetKey[]): Promise<(SetKey & { setId: number })[]> => {
  const { rows } = await sql<{ id: number; i: number }>`
    with wanted as (
      select * from unnest(${keys.map((key) => key.editionId)}::int[], ${keys.map((key) => key.from)}::date[],
        ${keys.map((key) => key.to)}::date[], ${keys.map((key) => key.cellEditionId)}::int[], ${keys.map((key) => key.drafts)}::text[],
        ${keys.map((key) => key.recorded)}::boolean[], ${keys.map((key) => key.countedTo)}::date[])
        with ordinality w(edition_id, period_from, period_to, cell_edition_id, drafts, recorded, counted_to, i)
    ), made as (
      insert into rollup_set (edition_id, period_from, period_to, cell_edition_id, drafts, recorded, counted_to, rows)
      select distinct edition_id, period_from, period_to, cell_edition_id, drafts, recorded, counted_to, 0 from wanted on conflict do nothing
      returning id, edition_id, period_from, period_to, cell_edition_id, drafts, recorded, counted_to
    )
    select distinct on (m.id) m.id, w.i::int from made m join wanted w using (edition_id, period_from, period_to, cell_edition_id, drafts, recorded, counted_to)`.execute(
    em.getKysely(),
  );
  return rows.map(({ id, i }) => ({ ...keys[i - 1]!, setId: id }));
};

/** Figures of the periods and of parts of them; a later source speaks last. */
const figuresWithin = async (em: EntityManager, keys: readonly SetKey[], counting: RawBuilder<boolean>): Promise<FigureRow[]> => {
  const prefixes = ROLLUP_KINDS.map(({ name }) => `${name}.%`);
  const { rows } = await sql<FigureRow>`
    select f.source_id as "sourceId", f.unit_id as "unitId", f.scope, f.period_from as "from", f.period_to as "to", f.measure, f.value,
      f.low, f.high, f.denominator
    from figure f join source s on s.id = f.source_id and ${counting}
    where f.measure like any(${prefixes}::text[]) and exists (
      select from unnest(${keys.map(({ from }) => from)}::date[], ${keys.map(({ to }) => to)}::date[]) k(f, t)
      where f.period_from >= k.f and f.period_to <= k.t)
    order by s.published_on nulls first, s.id, f.position`.execute(em.getKysely());
  return rows;
};

const treesOf = async (em: EntityManager, days: readonly Day[]): Promise<Map<Day, Tree>> => {
  const { rows } = await sql<Member & { day: Day }>`
    select d.day, v.unit_id as id, v.parent_id as "parentId", v.tier, v.kind
    from unnest(${days}::date[]) d(day)
    join unit_version v on v.valid_from <= d.day and (v.valid_to is null or v.valid_to > d.day)`.execute(em.getKysely());
  const byDay = Map.groupBy(rows, ({ day }) => day);
  return new Map(days.map((day) => [day, treeOf(byDay.get(day) ?? [])]));
};

const contentOf = (
  kind: RollupKind,
  key: SetKey & { setId: number },
  figures: readonly FigureRow[],
  tree: Tree,
  recorded: readonly Recorded[] | null,
): SetContent => {
  const within = figures.filter(({ from, to }) => from >= key.from && to <= key.to);
  const counts = within.flatMap((row): StatedCount[] =>
    row.value === null ? [] : [{ ...row, value: row.value, slot: slotOf(tree.members.get(row.unitId), row.scope, tree) }],
  );
  const stated = cellsOf(kind, periodOfDays(key.from, key.to), counts);
  const exact = within.filter(({ from, to }) => from === key.from && to === key.to);
  const common = { setId: key.setId, quoted: quotedRates(kind, exact, tree) };
  if (recorded === null) return { ...common, recorded: false, cells: stated, ...decompose(kind, stated, tree), replaced: [] };
  const cells = mixedCells(kind, stated, recorded, tree);
  const decomposed = decompose(kind, cells, tree);
  return { ...common, recorded: true, cells, ...decomposed, ...besidesRecords(decomposed.atoms, cells, recorded) };
};

/** Rates as printed, for the very unit, period and scope; a range has no value, a value is its own range. */
const quotedRates = (kind: RollupKind, figures: readonly FigureRow[], tree: Tree): SetContent["quoted"] => {
  const names = new Map(kind.rates.map(({ name, quotedAs }) => [quotedAs, name]));
  const quotes = figures.filter(({ measure }) => names.has(measure));
  return [...Map.groupBy(quotes, ({ unitId, scope }) => `${unitId} ${scope}`).values()].map((rows) => {
    const slot = slotOf(tree.members.get(rows[0]!.unitId), rows[0]!.scope, tree);
    const rates = rows.map(({ measure, value, low, high }) => [names.get(measure)!, { value, low: low ?? value, high: high ?? value }]);
    return {
      unitId: rows[0]!.unitId,
      slot: slot === WHOLE_UNIT ? ALL_TIERS : slot,
      sources: new Set(rows.map(({ sourceId }) => sourceId)),
      rates: Object.fromEntries(rates),
    };
  });
};

const makeRoom = async (em: EntityManager, kept: readonly number[]): Promise<void> => {
  await sql`
    delete from rollup_set where not id = any(${kept}::int[]) and id in (
      select id from (select id, sum(rows + ${ROWS_OF_A_SET}) over (order by id desc) as total from rollup_set) newest where total > ${MAX_STORED_ROWS})`.execute(
    em.getKysely(),
  );
};
