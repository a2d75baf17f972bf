import type { Pools } from "../database/database.ts";
import { countryNo } from "../hierarchy/country.ts";
import { currentHierarchyOf } from "../hierarchy/current-hierarchy.ts";
import { dayOf } from "../lib/time/date.ts";
import { grantOn, tracedGrants, unitNoNamed } from "./grant.ts";
import { RequestContext } from "./request-context.ts";

/** A context in which a command reads what everybody may see. */
export const publicContext = (pools: Pools, now: Date): RequestContext => new RequestContext(pools, now);

/** A context in which a command acts as an ADMIN of a unit, or of the whole country. `name` stands in the audit trail. */
export const commandContext = async (pools: Pools, now: Date, name: string, unit: string | null = null): Promise<RequestContext> => {
  const today = dayOf(now);
  const hierarchy = await currentHierarchyOf(pools).read();
  const unitNo = unit === null ? countryNo(hierarchy) : unitNoNamed(hierarchy, unit, today);
  const grants = unitNo === null ? [] : [grantOn(hierarchy, { unitNo, role: "ADMIN" }, today)];
  return new RequestContext(pools, now, { viewer: { actor: `command:${name}`, name, grants: await tracedGrants(pools, grants) } });
};
