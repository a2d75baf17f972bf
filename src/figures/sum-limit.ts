import { addDays, type Day } from "../lib/time/date.ts";
import { type Tier, TIERS } from "../hierarchy/unit.entity.ts";
import { fillIdentities, type Known } from "./identity.ts";
import { isHeld } from "./held.ts";
import type { Measure, RollupKind } from "./measure.ts";
import { type Member, slotOf, type Tree, WHOLE_UNIT } from "./tree.ts";

/** What is stated of one unit and tier for some days: the greatest value of each measure, by its name. */
export interface StatedTile {
  readonly unitId: number;
  readonly scope: Tier | null;
  readonly from: Day;
  readonly to: Day;
  readonly known: Known;
}

/** What the roll-ups of a measure could add up to. */
export interface GreatestSum {
  readonly measure: string;
  readonly sum: number;
}

/**
 * The measures whose sum may be too large in a roll-up of days within which all of the tiles end. The country holds what its units do, so that its sum is
 * the greatest: of each unit what it states, or what those below it make up where that is more, for either may be what counts. Of tiles that
 * overlap one counts. `lastTiers` are the tiers that there are at the end.
 */
export const tooLargeSums = (kind: RollupKind, tiles: readonly StatedTile[], tree: Tree, lastTiers: ReadonlySet<Tier>): GreatestSum[] => {
  const cells = Map.groupBy(tiles, ({ unitId, scope }) => `${unitId} ${slotOf(tree.members.get(unitId), scope, tree)}`);
  const filled = new Map([...cells].map(([cell, of]) => [cell, of.map((tile) => ({ ...tile, known: filledOf(kind, tile.known) }))]));
  return kind.measures.flatMap((measure): GreatestSum[] => {
    const amounts = new Map([...filled].map(([cell, of]) => [cell, greatestOf(measure, of)]));
    const sum = new Sums(tree, lastTiers, amounts).ofAll();
    return isHeld(sum) ? [] : [{ measure: measure.name, sum }];
  });
};

/** What the identities imply, where nothing contradicts them. */
const filledOf = ({ identities }: RollupKind, known: Known): Known => {
  const filled = new Map(known);
  return fillIdentities(filled, identities) ? known : filled;
};

/** The most that tiles which do not overlap add up to; of a stock one tile counts. */
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

/** Sums over a tree, of one measure. */
class Sums {
  readonly #tree: Tree;
  readonly #amounts: ReadonlyMap<string, number>;
  readonly #tiers: ReadonlySet<Tier>;

  /** `tiers` are those that have units. */
  constructor(tree: Tree, tiers: ReadonlySet<Tier>, amounts: ReadonlyMap<string, number>) {
    this.#tree = tree;
    this.#tiers = tiers;
    this.#amounts = amounts;
  }

  /** Of all units that are under no other. */
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
    // Of its own tier, and of those that have no units of their own any more, it alone tells.
    const own = TIERS.filter((tier) => tier === member.tier || !this.#tiers.has(tier)).reduce(
      (sum, tier) => sum + this.#stated(member, tier),
      0,
    );
    const parts = own + this.#below(member).reduce((sum, child) => sum + this.#ofWhole(child), 0);
    return Math.max(this.#stated(member, WHOLE_UNIT), tiers, parts);
  }
}
