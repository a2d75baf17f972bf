import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import { type Day } from "../lib/time/date.ts";
import { TIERS } from "../hierarchy/unit.entity.ts";
import { isInRange, MAX_COUNT, numeral } from "./int-range.ts";
import { measureCode, ROLLUP_KINDS, type RollupKind } from "./measure.ts";
import { type GreatestSum, type StatedTile, tooLargeSums } from "./sum-limit.ts";
import { type Member, memberOf, treeOf } from "./tree.ts";
import { heldHierarchy } from "../hierarchy/current-hierarchy.ts";
import type { Hierarchy } from "../hierarchy/hierarchy.ts";
import { compareCodes, dayNumber } from "../hierarchy/hierarchy-content.ts";

/** A sum that exceeds the maximum of an answer, and the year in which the figures end. */
export interface SumBeyond extends GreatestSum {
  readonly year: string;
}

export const beyondText = ({ measure, year, sum }: SumBeyond): string =>
  `${measure} of ${year} may add up to ${numeral(sum)} in the country; the maximum of an answer is ${numeral(MAX_COUNT)}`;

/**
 * Returns the first sum of published figures that may be too large, among the measures and years of the sources. Sums over several years may be larger; answers omit values
 * that exceed the maximum.
 */
export const sumBeyond = async (em: EntityManager, sources: readonly number[]): Promise<SumBeyond | null> => {
  const { rows } = await sql<{ year: string; measure: string }>`
    select distinct date_part('year', period_to)::text as year, measure from figure where source_id = any(${sources}::int[]) order by 1, 2`.execute(
    em.getKysely(),
  );
  for (const kind of ROLLUP_KINDS) {
    const codes = codesOf(kind);
    for (const year of new Set(rows.filter(({ measure }) => codes.has(measure)).map((row) => row.year))) {
      const [beyond] = await beyondIn(em, kind, year);
      if (beyond) return { ...beyond, measure: measureCode(kind, beyond.measure), year };
    }
  }
  return null;
};

const codesOf = (kind: RollupKind) => new Map(kind.measures.map(({ name }) => [measureCode(kind, name), name]));

const beyondIn = async (em: EntityManager, kind: RollupKind, year: string): Promise<GreatestSum[]> => {
  if (isSmall(kind, await totalsOf(em, kind, year))) return [];
  const tiles = await tilesOf(em, kind, year);
  const { members, lastTiers } = membersOf(await heldHierarchy(em), tiles, year);
  return tooLargeSums(kind, tiles, treeOf(members), lastTiers);
};

const stated = (kind: RollupKind, year: string): RawBuilder<unknown> => sql`
  s.state = 'PUBLISHED' and f.measure = any(${[...codesOf(kind).keys()]}::text[]) and f.value is not null
  and f.period_to >= ${firstOf(year)} and f.period_to <= ${lastOf(year)}`;
const firstOf = (year: string): Day => `${year.padStart(4, "0")}-01-01`;
const lastOf = (year: string): Day => `${year.padStart(4, "0")}-12-31`;

const totalsOf = async (em: EntityManager, kind: RollupKind, year: string): Promise<Map<string, number>> => {
  const { rows } = await sql<{ measure: string; total: number }>`
    select f.measure, sum(f.value) as total from figure f join source s on s.id = f.source_id where ${stated(kind, year)} group by 1`.execute(
    em.getKysely(),
  );
  const names = codesOf(kind);
  return new Map(rows.map(({ measure, total }) => [names.get(measure)!, total]));
};

/** Number of identities that are followed one after another. */
const STEPS = 2;

/** True if even the sum of all figures and of all that they imply is small enough; then no further read is needed. */
const isSmall = ({ identities }: RollupKind, totals: Map<string, number>): boolean => {
  const of = (name: string) => totals.get(name) ?? 0;
  const sum = (names: readonly string[]) => names.reduce((total, name) => total + of(name), 0);
  for (let step = 0; step < STEPS; step++)
    for (const { left, right } of identities) {
      const [onLeft, onRight] = [sum(left), sum(right)];
      for (const name of left) totals.set(name, Math.max(of(name), onRight));
      for (const name of right) totals.set(name, Math.max(of(name), onLeft));
    }
  return [...totals.values()].every(isInRange);
};

interface TileRow extends Omit<StatedTile, "numbers"> {
  readonly values: Readonly<Record<string, number>>;
}

const tilesOf = async (em: EntityManager, kind: RollupKind, year: string): Promise<StatedTile[]> => {
  const { rows } = await sql<TileRow>`
    select unit_id as "unitId", scope, period_from as "from", period_to as "to", jsonb_object_agg(measure, value) as values from (
      select f.unit_id, f.scope, f.period_from, f.period_to, f.measure, max(f.value) as value from figure f join source s on s.id = f.source_id
      where ${stated(kind, year)} group by 1, 2, 3, 4, 5) g
    group by 1, 2, 3, 4`.execute(em.getKysely());
  const names = codesOf(kind);
  return rows.map(({ values, ...tile }) => ({
    ...tile,
    numbers: new Map(Object.entries(values).map(([code, value]) => [names.get(code)!, value])),
  }));
};

/** The units of the tiles and all their ancestors, each as of the last day of its tiles, and the tiers that exist on the last day of the year. */
const membersOf = (hierarchy: Hierarchy, tiles: readonly StatedTile[], year: string) => {
  const members = new Map<number, Member>();
  for (const { unitId, to } of tiles.toSorted((a, b) => compareCodes(a.to, b.to))) {
    const day = dayNumber(to);
    for (let at = hierarchy.versionOn(unitId, day); at; at = at.parentNo === null ? null : hierarchy.versionOn(at.parentNo, day))
      members.set(at.unitNo, memberOf(at));
  }
  const tiers = new Set(hierarchy.versionsOn(dayNumber(lastOf(year))).flatMap(({ tier }) => tier ?? []));
  return { members: [...members.values()], lastTiers: tiers.size === 0 ? new Set(TIERS) : tiers };
};
