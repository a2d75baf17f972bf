import type { Context } from "../server/context.ts";
import { findUnit } from "../units/unit.service.ts";

const text = (value: unknown): string | null => (typeof value === "string" || typeof value === "number" ? String(value) : null);

/** The unit that a router means by `id`, by `code` or by `id asOf`; null for one that is unknown. All of a tick by one statement. */
const resolveUnitReference = ({ id, code, asOf }: Readonly<Record<string, unknown>>, { loaders }: Context) =>
  findUnit(loaders, { ...(id == null ? { code: text(code), id: null } : { id: text(id), code: null }), asOf: text(asOf) });

/**
 * The references in their order, null for what is no reference to a unit. Each is a promise of its own, so that one that is refused
 * does not take the others along.
 */
export const resolveEntities = (representations: readonly unknown[], context: Context) =>
  representations.map((one) => resolveEntity(one, context));

const resolveEntity = async (representation: unknown, context: Context): Promise<object | null> => {
  if (typeof representation !== "object" || representation === null || !("__typename" in representation)) return null;
  if (representation.__typename !== "Unit") return null;
  const unit = await resolveUnitReference(representation, context);
  return unit && { ...unit, __typename: "Unit" };
};
