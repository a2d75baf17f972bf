import { DomainError } from "../errors.ts";
import type { Context } from "../server/context.ts";
import { findUnit } from "../units/unit.service.ts";

const text = (value: unknown): string | null => (typeof value === "string" || typeof value === "number" ? String(value) : null);

/** The unit that a router means by `id`, by `code` or by `id asOf`; null for one that is unknown. All of a tick by one statement. */
const resolveUnitReference = ({ id, code, asOf }: Readonly<Record<string, unknown>>, { loaders }: Context) =>
  findUnit(loaders, { ...(id == null ? { code: text(code), id: null } : { id: text(id), code: null }), asOf: text(asOf) });

/** References of one call. */
const MAX_REFERENCES = 1000;

/** @throws DomainError FORBIDDEN where a router's secret is configured and did not come along. */
export const checkRouter = ({ isRouter }: Context): void => {
  if (!isRouter) throw new DomainError("FORBIDDEN", "This is answered to the router alone, which sends its secret along");
};

/**
 * The references in their order, null for what is no reference to a unit. Each is a promise of its own, so that one that is refused
 * does not take the others along.
 * @throws DomainError FORBIDDEN for all but the router, LIMIT_EXCEEDED for more than a thousand.
 */
export const resolveEntities = (representations: readonly unknown[], context: Context) => {
  checkRouter(context);
  const asked = representations.length;
  if (asked > MAX_REFERENCES)
    throw new DomainError("LIMIT_EXCEEDED", `representations: ${asked} references were sent; the maximum is ${MAX_REFERENCES} a call`);
  return representations.map((one) => resolveEntity(one, context));
};

const resolveEntity = async (representation: unknown, context: Context): Promise<object | null> => {
  if (typeof representation !== "object" || representation === null || !("__typename" in representation)) return null;
  if (representation.__typename !== "Unit") return null;
  const unit = await resolveUnitReference(representation, context);
  return unit && { ...unit, __typename: "Unit" };
};
