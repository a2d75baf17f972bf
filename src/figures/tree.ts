import type { HierarchyUnit } from "../hierarchy/hierarchy-content.ts";
import { SERVING_KINDS, type Tier, type UnitKind } from "../hierarchy/unit.entity.ts";

/** Tier scope of a unit's statement about itself with all its tiers. */
export const WHOLE_UNIT = "WHOLE";

export interface Member {
  readonly id: number;
  readonly parentId: number | null;
  readonly tier: Tier | null;
  readonly kind: UnitKind;
}

export const memberOf = ({ unitNo: id, parentNo: parentId, tier, kind }: HierarchyUnit): Member => ({ id, parentId, tier, kind });

/** The units of one day, parents before children. */
export interface Tree {
  readonly members: ReadonlyMap<number, Member>;
  readonly children: ReadonlyMap<number, readonly Member[]>;
}

export const treeOf = (members: readonly Member[]): Tree => ({
  members: new Map(members.map((member) => [member.id, member])),
  children: Map.groupBy(
    members.filter(({ parentId }) => parentId !== null),
    ({ parentId }) => parentId!,
  ),
});

/** Returns the handling tier in which a unit's figure counts: an agency counts in that of the unit it serves, or outside all tiers. */
export const handlingTierOf = (member: Member | undefined, scope: Tier | null, tree: Tree): string => {
  if (!member || member.tier !== null) return scope ?? WHOLE_UNIT;
  const serves = (SERVING_KINDS as readonly string[]).includes(member.kind);
  return (serves && tree.members.get(member.parentId!)?.tier) || WHOLE_UNIT;
};
