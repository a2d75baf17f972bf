import { BadUserInput } from "../lib/errors.ts";
import { type FindReferenced, optionalKey, type Reference } from "../access/reference.ts";
import { parseKnownDay } from "../lib/time/date.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import type { UnitReference } from "../hierarchy/unit-view.ts";

/** Reads a reference by `id asOf` or `code asOf`. @throws BadUserInput naming the invalid field. */
export const readUnitReference = (reference: Reference): UnitReference => {
  const id = optionalKey(reference, "id");
  const code = id === null ? optionalKey(reference, "code") : null;
  if (id === null && code === null) throw new BadUserInput("code", undefined, "a reference to a unit must have its id or its code");
  const { asOf = null } = reference;
  // A value of another type must not be read as today.
  const day = asOf === null ? null : parseKnownDay("asOf", typeof asOf === "string" ? asOf : JSON.stringify(asOf));
  return id === null ? { code: code!, asOf: day } : { id, asOf: day };
};

export const findReferencedUnit: FindReferenced = async (reference, context) =>
  context.use(unitLoaders).unitByReference.load(readUnitReference(reference));
