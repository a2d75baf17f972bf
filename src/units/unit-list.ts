import type { RequestContext } from "../access/request-context.ts";
import type { Hierarchy } from "../hierarchy/hierarchy.ts";
import { compareCodes, dayNumber, type DayNumber, type HierarchyUnit } from "../hierarchy/hierarchy-content.ts";
import type { Tier, UnitKind } from "../hierarchy/unit.entity.ts";
import { FALLBACK_RANKS, type NameMatch, rankOf, unitsFound } from "../hierarchy/unit-search.ts";
import { searchWords } from "../hierarchy/search.ts";
import { fromHierarchy } from "../hierarchy/unit.loaders.ts";
import { type EvidenceKind, unitCondition, type UnitFilter, type UnitOn, type UnitView, type UnitViews } from "../hierarchy/unit-view.ts";
import { BadUserInput } from "../lib/errors.ts";
import { connectionOf, MAX_RANK, type Page, pageOf } from "../lib/page.ts";
import { type Day, parseKnownDay } from "../lib/time/date.ts";
import { noUnitNamed } from "./unit.service.ts";

export interface UnitListKey extends UnitFilter {
  readonly within: number | null;
  readonly codes: readonly string[] | null;
  readonly search: string | null;
  readonly page: Page;
}

export interface DescendantArguments {
  readonly tier?: Tier | null | undefined;
  readonly kinds?: readonly UnitKind[] | null | undefined;
  readonly first: number;
  readonly after?: string | null | undefined;
}

export interface UnitArguments extends DescendantArguments {
  readonly codes?: readonly string[] | null | undefined;
  readonly within?: string | null | undefined;
  readonly search?: string | null | undefined;
  readonly asOf?: string | null | undefined;
}

const MAX_CODES = 1000;

/** The day and the key of a list of units. @throws BadUserInput for arguments that the list refuses. */
export const unitsAsked = (hierarchy: Hierarchy, today: Day, args: UnitArguments): readonly [Day, UnitListKey] => {
  const { codes = null, search = null, tier = null, kinds = null } = args;
  const asOf = args.asOf == null ? today : parseKnownDay("asOf", args.asOf);
  const page = pageOf(args.first, args.after);
  if (codes && codes.length > MAX_CODES) throw new BadUserInput("codes", codes.length, `must contain at most ${MAX_CODES} codes`);
  if (search !== null) searchWords("search", search);
  const within = args.within == null ? null : unitNoNamed(hierarchy, "within", args.within, asOf);
  return [asOf, { within, codes, search, tier, kinds, agencies: true, page }];
};

const unitNoNamed = (hierarchy: Hierarchy, argument: string, name: string, asOf: Day): number => {
  const day = dayNumber(asOf);
  const found = hierarchy.unitNoOf({ code: name }, day, day) ?? hierarchy.unitNoOf({ id: name }, day, day);
  if (found === null) throw noUnitNamed(argument, name, asOf);
  return found;
};

/** The key of the list of the units below one. @throws BadUserInput for a page that the list refuses. */
export const descendantsAsked = (within: number, { tier = null, kinds = null, first, after }: DescendantArguments): UnitListKey => ({
  ...{ within, codes: null, search: null, tier, kinds, page: pageOf(first, after) },
});

/** With the former name by which a search found the unit. */
type ListedUnit = UnitView & { readonly rank: number; readonly matchedName: string | null };
interface Ranked {
  readonly version: HierarchyUnit;
  readonly rank: number;
  readonly found: NameMatch | null;
}

export const unitListLoaders = (context: RequestContext, evidence: EvidenceKind) => ({
  unitList: fromHierarchy(context, evidence, (views, args: UnitArguments) =>
    unitList(views, ...unitsAsked(views.hierarchy, context.today, args)),
  ),
  descendants: fromHierarchy(context, evidence, (views, { no, asOf, ...args }: UnitOn & DescendantArguments) =>
    unitList(views, asOf, descendantsAsked(no, args)),
  ),
});

const unitList = (views: UnitViews, asOf: Day, key: UnitListKey) => {
  const listed = unitsListed(views.hierarchy, dayNumber(asOf), key);
  const rows = pageListed(listed, key).map((one) => listedUnit(views, one, asOf));
  const { edges, ...connection } = connectionOf(rows, key.page, ({ rank, code }) => ({ rank, text: code }));
  return { ...connection, totalCount: listed.length, edges: edges.map((edge) => ({ ...edge, matchedName: edge.node.matchedName })) };
};

/** All units of a list in its order. */
export const unitsListed = (hierarchy: Hierarchy, day: DayNumber, key: UnitListKey): readonly Ranked[] => {
  const placed = key.within === null ? hierarchy.versionsOn(day) : hierarchy.versionsBelow(key.within, day);
  const ranked = rankedUnits(hierarchy, day, placed, key);
  if (key.codes === null && key.search === null) return ranked;
  return ranked.toSorted((a, b) => a.rank - b.rank || compareCodes(a.version.code, b.version.code));
};

/** The page of a list, and one unit more. */
export const pageListed = (listed: readonly Ranked[], { page: { first, after } }: UnitListKey): readonly Ranked[] => {
  const isAfter = ({ rank, version: { code } }: Ranked) =>
    after === null || rank > after.rank || (rank === after.rank && compareCodes(code, after.text) > 0);
  const start = listed.findIndex(isAfter);
  return start < 0 ? [] : listed.slice(start, start + first + 1);
};

const listedUnit = (views: UnitViews, { version, rank, found }: Ranked, asOf: Day): ListedUnit => ({
  ...views.of(version, asOf),
  ...{ rank, matchedName: found === null || found.name === version.fullName ? null : found.name },
});

const rankedUnits = (hierarchy: Hierarchy, day: DayNumber, placed: readonly HierarchyUnit[], key: UnitListKey): Ranked[] => {
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

const conditionOf = (key: UnitListKey) => {
  const codes = key.codes && new Set(key.codes);
  const isSelected = unitCondition(key);
  return (version: HierarchyUnit): boolean => (codes === null || codes.has(version.code)) && isSelected(version);
};
