import { BadUserInput } from "../lib/errors.ts";
import type { RequestContext } from "./request-context.ts";

export type Reference = Readonly<Record<string, unknown>>;

/** Finds the referenced object; null if it does not exist or the caller may not see it. One statement per batch. */
export type FindReferenced = (
  reference: Reference,
  context: Pick<RequestContext, "session" | "viewer" | "today" | "use">,
) => Promise<object | null>;

/** Returns null if the reference omits the field. @throws BadUserInput unless it is a storable text or an exact whole number. */
export const optionalKey = (reference: Reference, field: string): string | null => {
  const value = reference[field];
  if (value === undefined || value === null) return null;
  if (typeof value === "string" && value.isWellFormed() && !value.includes("\0")) return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  throw new BadUserInput(field, value, "must be a text, without U+0000 and lone surrogates");
};

/** @throws BadUserInput also if the reference omits the field. */
export const key = (reference: Reference, field: string): string => {
  const text = optionalKey(reference, field);
  if (text === null) throw new BadUserInput(field, undefined, "is required in a reference");
  return text;
};
