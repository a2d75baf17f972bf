import DataLoader from "dataloader";
import { coveredAmong } from "../access/grant.ts";
import type { RequestContext } from "../access/request-context.ts";
import { grantsFor } from "../access/viewer.ts";
import { type Cut, cutsOn, NOTHING_COUNTED } from "./cut.ts";
import type { Hierarchy } from "../hierarchy/hierarchy.ts";
import { fromHierarchy } from "../hierarchy/unit.loaders.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";

const NONE: ReadonlySet<number> = new Set();

type Asked = Pick<UnitView, "no" | "tier">;

export type CutLoaders = ReturnType<typeof cutLoaders>;

export const cutLoaders = ({ hierarchy, today, viewer }: Pick<RequestContext, "hierarchy" | "today" | "viewer">) => {
  const grants = grantsFor(viewer, "VIEWER");
  const cuts = cutsOn(today);

  /** True if a VIEWER grant covers the unit. */
  const viewerCovers = new DataLoader<number, boolean>(async (units) => {
    const covered = grants.length === 0 ? NONE : coveredAmong(await hierarchy.load(), grants, units);
    return units.map((no) => covered.has(no));
  });

  /** True if the agency belongs, or ever belonged, to a unit below the province. */
  const isBelowProvince = fromHierarchy({ hierarchy }, "PUBLISHED", ({ hierarchy: units }, no: number) => wasBelowProvince(units, no));

  const cutOfCaller = async ({ no, tier }: Asked): Promise<Cut> => {
    if (await viewerCovers.load(no)) return cuts.viewers;
    return tier === null && (await isBelowProvince.load(no)) ? NOTHING_COUNTED : cuts.everybody;
  };

  return {
    viewerCovers,
    isBelowProvince,
    /** Returns the cut for a roll-up of the unit; its parts use the same cut. */
    cutOf: (unit: Asked): Cut | Promise<Cut> => (grants.length === 0 && unit.tier !== null ? cuts.everybody : cutOfCaller(unit)),
  };
};

const wasBelowProvince = (hierarchy: Hierarchy, agencyNo: number): boolean =>
  hierarchy
    .versionsOf(agencyNo)
    .some(
      ({ tier, parentNo, from, to }) =>
        tier === null &&
        parentNo !== null &&
        hierarchy
          .versionsOf(parentNo)
          .some((above) => above.from < to && above.to > from && above.tier !== "COUNTRY" && above.tier !== "PROVINCE"),
    );
