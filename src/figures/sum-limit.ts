import { addDays, type Day } from "../lib/time/date.ts";
import { type Tier, TIERS } from "../hierarchy/unit.entity.ts";
import { fillIdentities, type Known } from "./identity.ts";
import { isInRange } from "./int-range.ts";
import type { Measure, RollupKind } from "./measure.ts";
import { type Member, handlingTierOf, type Tree, WHOLE_UNIT } from "./tree.ts";

/** The greatest value of each measure for one unit, tier and range of days, by measure name. */
export interface StatedTile {
  readonly unitId: number;
  readonly scope: Tier | null;
  readonly from: Day;
  readonly to: Day;
  readonly known: Known;
}

export interface GreatestSum {
  readonly measure: string;
  readonly sum: number;
}

/**
 * Returns the measures whose sum may exceed the maximum in a roll-up that contains all tiles. The country has the greatest sum: for each unit the greater of its own figure
 * and the sum below it, because either may be chosen; of overlapping tiles one counts. `lastTiers` are the tiers that exist at the end.
 */
export const tooLargeSums = (kind: RollupKind, tiles: readonly StatedTile[], tree: Tree, lastTiers: ReadonlySet<Tier>): GreatestSum[] => {
  const cells = Map.groupBy(tiles, ({ unitId, scope }) => `${unitId} ${handlingTierOf(tree.members.get(unitId), scope, tree)}`);
  const filled = new Map([...cells].map(([cell, of]) => [cell, of.map((tile) => ({ ...tile, known: filledOf(kind, tile.known) }))]));
  return kind.measures.flatMap((measure): GreatestSum[] => {
    const amounts = new Map([...filled].map(([cell, of]) => [cell, greatestOf(measure, of)]));
    const sum = new Sums(tree, lastTiers, amounts).ofAll();
    return isInRange(sum) ? [] : [{ measure: measure.name, sum }];
  });
};

/** Applies the identities unless they contradict the values. */
const filledOf = ({ identities }: RollupKind, known: Known): Known => {
  const filled = new Map(known);
  return fillIdentities(filled, identities) ? known : filled;
};

const greatestOf = ({ name, tiling }: Measure, tiles: readonly StatedTile[]): number => {
  const known = tiles.filter((tile) => tile.known.has(name)).toSorted((a, b) => (a.to < b.to ? -1 : 1));
  if (tiling !== "FLOW") return Math.max(0, ...known.map((tile) => tile.known.get(name)!));
  const best: { readonly until: Day; readonly sum: number }[] = [{ until: "", sum: 0 }];
  for (const tile of known) {
    const before = best.findLast(({ until }) => until <= addDays(tile.from, -1))!;
    const sum = Math.max(best.at(-1)!.sum, before.sum + tile.known.get(name)!);
    best.push({ until: tile.to, sum });
  }
  return best.at(-1)!.sum;
};

class Sums {
  readonly #tree: Tree;
  readonly #amounts: ReadonlyMap<string, number>;
  readonly #tiers: ReadonlySet<Tier>;

  constructor(tree: Tree, tiers: ReadonlySet<Tier>, amounts: ReadonlyMap<string, number>) {
    this.#tree = tree;
    this.#tiers = tiers;
    this.#amounts = amounts;
  }

  ofAll(): number {
    const roots = [...this.#tree.members.values()].filter(({ parentId }) => parentId === null || !this.#tree.members.has(parentId));
    return Math.max(
      ...[null, ...TIERS].map((tier) => roots.reduce((sum, root) => sum + (tier ? this.#ofTier(root, tier) : this.#ofWhole(root)), 0)),
    );
  }

  #stated({ id }: Member, slot: string): number {
    return this.#amounts.get(`${id} ${slot}`) ?? 0;
  }

  #below({ id }: Member): readonly Member[] {
    return this.#tree.children.get(id) ?? [];
  }

  #ofTier(member: Member, tier: Tier): number {
    const detail = this.#below(member).reduce((sum, child) => sum + this.#ofTier(child, tier), 0);
    return Math.max(this.#stated(member, tier), detail);
  }

  #ofWhole(member: Member): number {
    const tiers = TIERS.reduce((sum, tier) => sum + this.#ofTier(member, tier), 0);
    // Only the unit itself reports its own tier and tiers that have no units any more.
    const own = TIERS.filter((tier) => tier === member.tier || !this.#tiers.has(tier)).reduce(
      (sum, tier) => sum + this.#stated(member, tier),
      0,
    );
    const parts = own + this.#below(member).reduce((sum, child) => sum + this.#ofWhole(child), 0);
    return Math.max(this.#stated(member, WHOLE_UNIT), tiers, parts);
  }
}
