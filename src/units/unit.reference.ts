import { BadUserInput } from "../lib/errors.ts";
import { type FindReferenced, optionalKey, type Reference } from "../access/reference.ts";
import { type Day, parseKnownDay } from "../lib/time/date.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import { findUnit } from "./unit.service.ts";

export interface ReferencedUnit {
  readonly id: string | null;
  readonly code: string | null;
  /** Null means today, or the last day of an abolished unit. */
  readonly asOf: Day | null;
}

/** Reads a reference by `id asOf` or `code asOf`. @throws BadUserInput naming the invalid field. */
export const readUnitReference = (reference: Reference): ReferencedUnit => {
  const id = optionalKey(reference, "id");
  const code = id === null ? optionalKey(reference, "code") : null;
  if (id === null && code === null) throw new BadUserInput("code", undefined, "a reference to a unit must have its id or its code");
  const { asOf = null } = reference;
  // A value of another type must not be read as today.
  return { id, code, asOf: asOf === null ? null : parseKnownDay("asOf", typeof asOf === "string" ? asOf : JSON.stringify(asOf)) };
};

export const findReferencedUnit: FindReferenced = async (reference, context) =>
  findUnit(context.use(unitLoaders), readUnitReference(reference));
