import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import { rowsOf } from "../database/reader.ts";
import type { Day } from "../lib/time/date.ts";
import { periodOfDays } from "../lib/time/period.ts";
import { placesBeneath, versionOf } from "../hierarchy/rollup-version.store.ts";
import type { Tier } from "../hierarchy/unit.entity.ts";
import { cellsOf, type StatedCount } from "./cell.ts";
import { decompose } from "./decompose.ts";
import { handlingTierOf, memberOf, type Tree, treeOf, WHOLE_UNIT } from "../figures/tree.ts";
import { ROLLUP_KINDS, type RollupKind } from "../figures/measure.ts";
import type { RecordEvidence } from "../counters/records.service.ts";
import type { Recorded } from "../counters/records.ts";
import { ALL_TIERS } from "./rollup.entity.ts";
import { besidesRecords, mixedCells } from "./mixed-cells.ts";
import { type SetContent, storeRollups } from "./rollup.store.ts";
import { presentHierarchy } from "../hierarchy/current-hierarchy.ts";
import { dayNumber } from "../hierarchy/hierarchy-content.ts";
import { readHierarchyVersion } from "../hierarchy/hierarchy.store.ts";

/** A period on an edition; `cellDay` is the last day of the period, or the last counted day if that is earlier. */
export interface SetKey {
  readonly editionId: number;
  readonly cellEditionId: number;
  readonly cellDay: Day;
  readonly from: Day;
  readonly to: Day;
  /** Ids of the drafts that count besides published reports, separated by commas. */
  readonly drafts: string;
  /** True if the set holds the correction that figures make to record sums. */
  readonly recorded: boolean;
  /** The last day whose records count; the last day of the period if there are none. */
  readonly countedTo: Day;
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

export interface SetState {
  readonly contents: ReadonlyMap<RollupKind, Omit<SetContent, "setId">>;
  /** The places whose records the set depends on, and their version. */
  readonly places: readonly number[];
  readonly version: number;
}

/** Computes a set within one snapshot transaction; the contributions of its editions must exist. */
export const readSet = async (
  em: EntityManager,
  key: SetKey,
  counting: RawBuilder<boolean>,
  records: RecordEvidence,
): Promise<SetState> => {
  const figures = await figuresWithin(em, key, counting);
  const rows = rowsOf(em);
  const hierarchy = await presentHierarchy(rows, await readHierarchyVersion(rows));
  const tree = treeOf(hierarchy.versionsOn(dayNumber(key.cellDay)).map(memberOf));
  const { from, to, ...rest } = key;
  const contents = new Map<RollupKind, Omit<SetContent, "setId">>();
  const authors = new Set<number>();
  for (const kind of ROLLUP_KINDS) {
    const ofKind = key.recorded ? records(kind) : null;
    const recorded = ofKind && (await ofKind.cells(em, { ...rest, period: periodOfDays(from, to) }));
    contents.set(kind, contentOf(kind, key, figures, tree, recorded));
    if (ofKind) for (const { measure, unitId } of figures) if (measure.startsWith(`${kind.name}.`)) authors.add(unitId);
  }
  const places = key.recorded ? await placesBeneath(em, hierarchy, key.cellEditionId, [...authors]) : [];
  return { contents, places, version: await versionOf(em, places, to) };
};

/** True if the set is hidden from viewers who may not see its drafts; row-level security recognises it by its negative id. */
export const tellsOfDrafts = ({ drafts }: Pick<SetKey, "drafts">): boolean => drafts.split(" ")[0] !== "";

/** Stores a set unless one with the key exists. @returns its id. */
export const storeSet = async (em: EntityManager, key: SetKey, { contents, places, version }: SetState): Promise<number | null> => {
  const sign = tellsOfDrafts(key) ? -1 : 1;
  const [set] = await rowsOf(em).rows(sql<{ id: number }>`
    insert into rollup_set (id, edition_id, period_from, period_to, cell_edition_id, drafts, recorded, counted_to, rows, places, version)
    values (${sign}::int * nextval('rollup_set_id_seq'), ${key.editionId}, ${key.from}, ${key.to}, ${key.cellEditionId}, ${key.drafts}, ${key.recorded}, ${key.countedTo}, 0, ${places}::int[], ${version})
    on conflict do nothing returning id`);
  if (!set) return null;
  for (const [kind, content] of contents) await storeRollups(em, kind, [{ ...content, setId: set.id }]);
  return set.id;
};

/** Returns the figures of the period and of its parts; later sources come last. */
const figuresWithin = (em: EntityManager, { from, to }: SetKey, counting: RawBuilder<boolean>): Promise<FigureRow[]> => {
  const prefixes = ROLLUP_KINDS.map(({ name }) => `${name}.%`);
  return rowsOf(em).rows(sql<FigureRow>`
    select f.source_id as "sourceId", f.unit_id as "unitId", f.scope, f.period_from as "from", f.period_to as "to", f.measure, f.value,
      f.low, f.high, f.denominator
    from figure f join source s on s.id = f.source_id and ${counting}
    where f.measure like any(${prefixes}::text[]) and f.period_from >= ${from}::date and f.period_to <= ${to}::date
    order by s.published_on nulls first, s.id, f.position`);
};

const contentOf = (
  kind: RollupKind,
  key: SetKey,
  figures: readonly FigureRow[],
  tree: Tree,
  recorded: readonly Recorded[] | null,
): Omit<SetContent, "setId"> => {
  const counts = figures.flatMap((row): StatedCount[] =>
    row.value === null ? [] : [{ ...row, value: row.value, handlingTier: handlingTierOf(tree.members.get(row.unitId), row.scope, tree) }],
  );
  const stated = cellsOf(kind, periodOfDays(key.from, key.to), counts);
  const exact = figures.filter(({ from, to }) => from === key.from && to === key.to);
  const common = { quoted: quotedRates(kind, exact, tree) };
  if (recorded === null) return { ...common, recorded: false, cells: stated, ...decompose(kind, stated, tree), replaced: [] };
  const cells = mixedCells(kind, stated, recorded, tree);
  const decomposed = decompose(kind, cells, tree);
  return { ...common, recorded: true, cells, ...decomposed, ...besidesRecords(decomposed.atoms, cells, recorded) };
};

/** Returns rates as printed, for exactly this unit, period and tier; a range has no value, a value is its own range. */
const quotedRates = (kind: RollupKind, figures: readonly FigureRow[], tree: Tree): SetContent["quoted"] => {
  const names = new Map(kind.rates.map(({ name, quotedAs }) => [quotedAs, name]));
  const quotes = figures.filter(({ measure }) => names.has(measure));
  return [...Map.groupBy(quotes, ({ unitId, scope }) => `${unitId} ${scope}`).values()].map((rows) => {
    const handlingTier = handlingTierOf(tree.members.get(rows[0]!.unitId), rows[0]!.scope, tree);
    const rates = rows.map(({ measure, value, low, high }) => [names.get(measure)!, { value, low: low ?? value, high: high ?? value }]);
    return {
      unitId: rows[0]!.unitId,
      handlingTier: handlingTier === WHOLE_UNIT ? ALL_TIERS : handlingTier,
      sources: new Set(rows.map(({ sourceId }) => sourceId)),
      rates: Object.fromEntries(rates),
    };
  });
};
