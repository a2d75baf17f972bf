import { BadUserInput } from "../lib/errors.ts";
import { type FindReferenced, optionalKey, type Reference } from "../access/reference.ts";
import { type Day, parseKnownDay } from "../lib/time/date.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import { findUnit } from "./unit.service.ts";

export interface ReferencedUnit {
  readonly id: string | null;
  readonly code: string | null;
  /** Null: today, or the last day of a unit that is no more. */
  readonly asOf: Day | null;
}

/** What is meant by `id asOf` or `code asOf`. @throws BadUserInput for what means nothing, naming the field. */
export const readUnitReference = (reference: Reference): ReferencedUnit => {
  const id = optionalKey(reference, "id");
  const code = id === null ? optionalKey(reference, "code") : null;
  if (id === null && code === null) throw new BadUserInput("code", undefined, "a reference to a unit has its id or its code");
  const { asOf = null } = reference;
  // Another type must not be taken for today.
  return { id, code, asOf: asOf === null ? null : parseKnownDay("asOf", typeof asOf === "string" ? asOf : JSON.stringify(asOf)) };
};

export const findReferencedUnit: FindReferenced = async (reference, context) =>
  findUnit(context.use(unitLoaders), readUnitReference(reference));
