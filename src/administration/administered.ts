import { BadUserInput, DomainError } from "../lib/errors.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import type { RequestContext } from "../access/request-context.ts";
import { coveredAmong } from "../access/grant.ts";
import { type Grant, grantsFor } from "../access/viewer.ts";
import { tracedEdition } from "../hierarchy/edition.ts";

/** The parts of a context that administration reads. */
export type Asking = Pick<RequestContext, "viewer" | "session" | "today" | "use" | "hierarchy">;

/** A unit that the viewer administers, as a grant, with the viewer's ADMIN grants. */
export interface Administered {
  readonly unit: Grant;
  readonly admin: readonly Grant[];
}

/** @throws BadUserInput for an unknown unit, DomainError FORBIDDEN for one outside the viewer's ADMIN grants. */
export const administered = async (context: Asking, name: string): Promise<Administered> => {
  const { viewer, hierarchy } = context;
  const { unitByReference } = context.use(unitLoaders);
  const found = name.includes("\0")
    ? []
    : await Promise.all([{ code: name }, { id: name }].map(async (by) => unitByReference.load({ ...by, asOf: null })));
  const unit = found.find((one) => one !== null);
  if (!unit) throw new BadUserInput("unit", name, "must be the code or id of a unit");
  const admin = grantsFor(viewer, "ADMIN", "READ");
  if (!coveredAmong(await hierarchy.load(), admin, [unit.no]).has(unit.no))
    throw new DomainError("FORBIDDEN", `This needs the role ADMIN on ${unit.fullName} (${unit.id}), or on a unit above it`);
  const editionId = await tracedEdition(context, unit.asOf);
  return { unit: { role: "ADMIN", unitNo: unit.no, asOf: unit.asOf, editionId, ended: unit.validTo !== null }, admin };
};
