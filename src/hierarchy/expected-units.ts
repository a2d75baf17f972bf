import { LRUCache } from "lru-cache";
import type { EditionSpan } from "./hierarchy-content.ts";
import type { Hierarchy } from "./hierarchy.ts";
import { lineageOf } from "./lineage.ts";
import { type Tier, TIERS } from "./unit.entity.ts";

/** By unit of an edition and tier: number of the units that count; null means all tiers. */
type Expected = ReadonlyMap<number, ReadonlyMap<Tier | null, number>>;

/** Pairs of editions; each takes less than a megabyte. */
const MOST_PAIRS = 64;
const pairs = new WeakMap<Hierarchy, LRUCache<string, Expected>>();

/** Number of territorial units below the country that existed when `counted` began and contribute certainly to the unit of `edition`. */
export const expectedUnitsOf = (
  hierarchy: Hierarchy,
  { edition, counted }: { readonly edition: EditionSpan; readonly counted: EditionSpan },
  unitNo: number,
  tier: Tier | null,
): number => {
  const found = pairs.get(hierarchy) ?? new LRUCache<string, Expected>({ max: MOST_PAIRS });
  pairs.set(hierarchy, found);
  const name = `${edition.startsOn} ${counted.startsOn}`;
  const expected = found.get(name) ?? countedFor(hierarchy, edition, counted);
  found.set(name, expected);
  return expected.get(unitNo)?.get(tier) ?? 0;
};

const countedFor = (hierarchy: Hierarchy, edition: EditionSpan, counted: EditionSpan): Expected => {
  const tiers = new Map<number, Tier>();
  for (const { unitNo, tier } of hierarchy.on(counted.startsOn).members) if (tier !== null && tier !== TIERS[0]) tiers.set(unitNo, tier);
  const expected = new Map<number, Map<Tier | null, number>>();
  for (const { target, unit, certain } of lineageOf(hierarchy).contributionsTo(edition, tiers.keys())) {
    if (!certain) continue;
    const ofTarget = expected.get(target) ?? new Map<Tier | null, number>();
    expected.set(target, ofTarget);
    for (const tier of [null, tiers.get(unit)!]) ofTarget.set(tier, (ofTarget.get(tier) ?? 0) + 1);
  }
  return expected;
};
