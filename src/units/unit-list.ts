import type { RequestContext } from "../access/request-context.ts";
import type { Hierarchy } from "../hierarchy/hierarchy.ts";
import { compareCodes, dayNumber, type DayNumber, type HierarchyUnit } from "../hierarchy/hierarchy-content.ts";
import type { Tier, UnitKind } from "../hierarchy/unit.entity.ts";
import { FALLBACK_RANKS, type NameMatch, rankOf, unitsFound } from "../hierarchy/unit-search.ts";
import { fromHierarchy, unitLoaders } from "../hierarchy/unit.loaders.ts";
import type { EvidenceKind, UnitView, UnitViews } from "../hierarchy/unit-view.ts";
import { MAX_RANK, type Page } from "../lib/page.ts";
import type { Day } from "../lib/time/date.ts";

export interface UnitListKey {
  readonly asOf: Day;
  readonly within: number | null;
  readonly codes: readonly string[] | null;
  readonly tier: Tier | null;
  readonly kinds: readonly UnitKind[] | null;
  readonly search: string | null;
  /** Includes agencies unless kinds are given. */
  readonly agencies: boolean;
  readonly page: Page;
}

/** With the former name by which a search found the unit. */
export type ListedUnit = UnitView & { readonly rank: number; readonly matchedName: string | null };
export interface UnitList {
  /** One row more than the page's `first`. */
  readonly rows: ListedUnit[];
  readonly totalCount: number;
}

interface Ranked {
  readonly version: HierarchyUnit;
  readonly rank: number;
  readonly found: NameMatch | null;
}

export const unitListLoaders = (context: RequestContext, evidence: EvidenceKind) => ({
  ...context.use(unitLoaders, evidence),
  unitList: fromHierarchy(context, evidence, unitList),
});

const unitList = (views: UnitViews, key: UnitListKey): UnitList => {
  const listed = rankedUnits(views.hierarchy, key).toSorted((a, b) => a.rank - b.rank || compareCodes(a.version.code, b.version.code));
  const { first, after } = key.page;
  const isAfter = ({ rank, version: { code } }: Ranked) =>
    after === null || rank > after.rank || (rank === after.rank && compareCodes(code, after.text) > 0);
  const start = listed.findIndex(isAfter);
  const page = start < 0 ? [] : listed.slice(start, start + first + 1);
  return { totalCount: listed.length, rows: page.map((one) => listedUnit(views, one, key.asOf)) };
};

const listedUnit = (views: UnitViews, { version, rank, found }: Ranked, asOf: Day): ListedUnit => ({
  ...views.of(version, asOf),
  ...{ rank, matchedName: found === null || found.name === version.fullName ? null : found.name },
});

const rankedUnits = (hierarchy: Hierarchy, key: UnitListKey): Ranked[] => {
  const day = dayNumber(key.asOf);
  const placed = key.within === null ? hierarchy.versionsOn(day) : versionsBelow(hierarchy, key.within, day);
  const isAsked = conditionOf(key);
  const places = key.codes && new Map(key.codes.map((code, n) => [code, n + 1] as const).toReversed());
  const rankIn = ({ code }: HierarchyUnit) => places?.get(code) ?? null;
  if (key.search === null) return placed.filter(isAsked).map((version) => ({ version, rank: rankIn(version) ?? 0, found: null }));
  const byNo = new Map(placed.map((version) => [version.unitNo, version]));
  const matches = [...unitsFound(hierarchy, key.search, day, byNo)].flatMap(([unitNo, found]) => {
    const version = byNo.get(unitNo)!;
    return isAsked(version) ? [{ version, found, foundRank: rankOf(found, version) }] : [];
  });
  // Weaker matches count only if there is nothing better.
  const best = matches.reduce((least, { foundRank }) => Math.min(least, foundRank), MAX_RANK);
  const limit = FALLBACK_RANKS.find((rank) => rank > best) ?? MAX_RANK;
  return matches
    .filter(({ foundRank }) => foundRank < limit)
    .map(({ version, found, foundRank }) => ({ version, found, rank: rankIn(version) ?? foundRank }));
};

const conditionOf = ({ codes, tier, kinds, agencies }: UnitListKey) => {
  const asked = codes && new Set(codes);
  return (version: HierarchyUnit): boolean =>
    (asked === null || asked.has(version.code)) &&
    (tier === null || version.tier === tier) &&
    (kinds === null ? agencies || version.tier !== null : kinds.includes(version.kind));
};

const versionsBelow = (hierarchy: Hierarchy, unitNo: number, day: DayNumber): HierarchyUnit[] => {
  const found = [...hierarchy.versionsUnder(unitNo, day)];
  // The loop also visits versions that it adds.
  for (const version of found) found.push(...hierarchy.versionsUnder(version.unitNo, day));
  return found;
};
