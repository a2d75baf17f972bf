import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import { DomainError } from "../lib/errors.ts";
import { coveredAmong } from "./grant.ts";
import type { RequestContext } from "./request-context.ts";
import { grantsFor, type Role } from "./viewer.ts";

type Asking = Pick<RequestContext, "hierarchy" | "viewer" | "use">;

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
