import type { RequestContext } from "../access/request-context.ts";
import { coveredAmong } from "../access/grant.ts";
import { grantsFor, type Role } from "../access/viewer.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import { DomainError } from "../lib/errors.ts";
import type { Day } from "../lib/time/date.ts";

type Asking = Pick<RequestContext, "hierarchy" | "viewer" | "use">;

/** The unit as of the day; if it did not exist then, as of today or its last day. */
export const unitOfYear = async (context: Pick<RequestContext, "use">, no: number, asOf: Day): Promise<UnitView | null> => {
  const { unitOn, unitByNo } = context.use(unitLoaders);
  return (await unitOn.load({ no, asOf })) ?? unitByNo.load(no);
};

/** @throws DomainError FORBIDDEN where the caller has not the role on the unit or on one above it. */
export const demandRoleOn = async (context: Asking, role: Role, unitNo: number): Promise<void> => {
  const { hierarchy, viewer } = context;
  if (coveredAmong(await hierarchy.load(), grantsFor(viewer, role), [unitNo]).has(unitNo)) return;
  throw await missingRole(context, role, unitNo);
};

export const missingRole = async (context: Pick<RequestContext, "use">, role: Role, unitNo: number): Promise<DomainError> => {
  const unit = await context.use(unitLoaders).unitByNo.load(unitNo);
  return new DomainError("FORBIDDEN", `This needs the role ${role} on ${unit!.fullName} (${unit!.code})`);
};
