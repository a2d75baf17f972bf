import DataLoader from "dataloader";
import { sql } from "kysely";
import { coveredAmong } from "../access/grant.ts";
import type { RequestContext } from "../access/request-context.ts";
import { grantsFor } from "../access/viewer.ts";
import { type Cut, cutsOn, NOTHING_COUNTED } from "./cut.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";

type Asked = Pick<UnitView, "no" | "tier">;

export type CutLoaders = ReturnType<typeof cutLoaders>;

export const cutLoaders = ({ session, today, viewer }: Pick<RequestContext, "session" | "today" | "viewer">) => {
  const grants = grantsFor(viewer, "VIEWER");
  const cuts = cutsOn(today);

  /** True if a VIEWER grant covers the unit. */
  const viewerCovers = new DataLoader<number, boolean>(async (units) => {
    const covered = await coveredAmong(session, grants, units);
    return units.map((no) => covered.has(no));
  });

  /** True if the agency belongs, or ever belonged, to a unit below the province. */
  const isBelowProvince = new DataLoader<number, boolean>(async (agencies) => {
    const below = await session.rows(belowProvince(agencies));
    const found = new Set(below.map(({ no }) => no));
    return agencies.map((no) => found.has(no));
  });

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

const belowProvince = (agencies: readonly number[]) => sql<{ no: number }>`
  select distinct v.unit_id as no from unit_version v join unit_version p on p.unit_id = v.parent_id
    and p.valid_from < coalesce(v.valid_to, 'infinity') and coalesce(p.valid_to, 'infinity') > v.valid_from
  where v.unit_id = any(${agencies}::int[]) and v.tier is null and p.tier is distinct from 'COUNTRY' and p.tier is distinct from 'PROVINCE'`;
