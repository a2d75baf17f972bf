import { findReferencedProcedure } from "../../procedures/procedure.reference.ts";
import { findReferencedDossier } from "../../dossiers/dossier.reference.ts";
import { DomainError } from "../../lib/errors.ts";
import type { FindReferenced, Reference } from "../../access/reference.ts";
import { findReferencedReport } from "../../reports/report.reference.ts";
import type { RequestContext } from "../../access/request-context.ts";
import { findReferencedUnit } from "../../units/unit.reference.ts";

/** What other graphs may refer to. */
const KINDS: ReadonlyMap<unknown, FindReferenced> = new Map([
  ["Unit", findReferencedUnit],
  ["Dossier", findReferencedDossier],
  ["Procedure", findReferencedProcedure],
  ["Report", findReferencedReport],
]);

/** @throws DomainError FORBIDDEN where a router's secret is configured and did not come along. */
export const checkRouter = ({ isRouter }: RequestContext): void => {
  if (!isRouter) throw new DomainError("FORBIDDEN", "This is answered to the router alone, which sends its secret along");
};

/**
 * The references in their order, null for what is no reference. Each is a promise of its own, so that one that is refused does not take
 * the others along. How many there may be is a limit of values.
 * @throws DomainError FORBIDDEN for all but the router.
 */
export const resolveEntities = (representations: readonly unknown[], context: RequestContext) => {
  checkRouter(context);
  return representations.map((one) => resolveEntity(one, context));
};

const resolveEntity = async (representation: unknown, context: RequestContext): Promise<object | null> => {
  if (typeof representation !== "object" || representation === null || !Object.hasOwn(representation, "__typename")) return null;
  const reference = representation as Reference;
  const found = await KINDS.get(reference["__typename"])?.(reference, context);
  return found ? { ...found, __typename: reference["__typename"] } : null;
};
