import { DomainError } from "../../lib/errors.ts";
import type { FindReferenced, Reference } from "../../access/reference.ts";
import type { Module } from "../../module/module.ts";
import type { RequestContext } from "../../access/request-context.ts";

type Finders = ReadonlyMap<unknown, FindReferenced>;

export const findersOf = (modules: readonly Module[]): Finders =>
  new Map(modules.flatMap(({ references = {} }) => Object.entries(references)));

export const checkRouter = ({ isRouter }: RequestContext): void => {
  if (!isRouter) throw new DomainError("FORBIDDEN", "Only the router, which sends its secret, may request this");
};

/**
 * Returns the objects in the order of the references; null for an invalid reference. Each is its own promise, so that one error leaves the others intact. Values are
 * limited elsewhere. @throws DomainError FORBIDDEN except for the router.
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
