import { BadUserInput } from "../lib/errors.ts";
import type { RequestContext } from "./request-context.ts";

/** What a router knows of an object of ours: the fields of one of its keys. */
export type Reference = Readonly<Record<string, unknown>>;

/** Finds what a reference means; null for what is unknown, or not for the caller. All of a tick by one statement. */
export type FindReferenced = (
  reference: Reference,
  context: Pick<RequestContext, "session" | "viewer" | "today" | "use">,
) => Promise<object | null>;

/** Null where the reference does not say. @throws BadUserInput for what is neither a text that can be kept nor a whole number that was sent exactly. */
export const optionalKey = (reference: Reference, field: string): string | null => {
  const value = reference[field];
  if (value === undefined || value === null) return null;
  if (typeof value === "string" && value.isWellFormed() && !value.includes("\0")) return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  throw new BadUserInput(field, value, "must be a text, without U+0000 and lone surrogates");
};

/** @throws BadUserInput for a reference without it, too. */
export const key = (reference: Reference, field: string): string => {
  const text = optionalKey(reference, field);
  if (text === null) throw new BadUserInput(field, undefined, "a reference must say it");
  return text;
};
