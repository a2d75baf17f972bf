import { DomainError } from "../../lib/errors.ts";
import type { FindReferenced, Reference } from "../../access/reference.ts";
import type { Module } from "../../module/module.ts";
import type { RequestContext } from "../../access/request-context.ts";

/** Finds what other graphs refer to, by type. */
type Finders = ReadonlyMap<unknown, FindReferenced>;

export const findersOf = (modules: readonly Module[]): Finders =>
  new Map(modules.flatMap(({ references = {} }) => Object.entries(references)));

/** @throws DomainError FORBIDDEN where a router's secret is configured and did not come along. */
export const checkRouter = ({ isRouter }: RequestContext): void => {
  if (!isRouter) throw new DomainError("FORBIDDEN", "This is answered to the router alone, which sends its secret along");
};

/**
 * The references in their order, null for what is no reference. Each is a promise of its own, so that one that is refused does not take
 * the others along. How many there may be is a limit of values.
 * @throws DomainError FORBIDDEN for all but the router.
 */
export const resolveEntities = (finders: Finders, representations: readonly unknown[], context: RequestContext) => {
  checkRouter(context);
  return representations.map((one) => resolveEntity(finders, one, context));
};

const resolveEntity = async (finders: Finders, representation: unknown, context: RequestContext): Promise<object | null> => {
  if (typeof representation !== "object" || representation === null || !Object.hasOwn(representation, "__typename")) return null;
  const reference = representation as Reference;
  const found = await finders.get(reference["__typename"])?.(reference, context);
  return found ? { ...found, __typename: reference["__typename"] } : null;
};
