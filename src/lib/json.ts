import { BadUserInput } from "./errors.ts";

const MAX_DEPTH = 32;
/** Keys that could change the prototype of all objects when code copies objects. */
const FORBIDDEN_KEYS = new Set(["__proto__", "constructor", "prototype"]);

/** A number whose digits JavaScript cannot represent; a code would become another one. */
class LostNumber {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** Matches numbers that may have more digits than JavaScript represents. */
const LONG_NUMBER = /[:[,]\s*-?(?:[\d.]{16}|[\d.]+[eE])/;

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** Marks inexact whole numbers, which `checkJson` refuses. @throws SyntaxError */
export const parseJson = (text: string): unknown => {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text);
  const exact: Reviver = (_, value, { source }) =>
    typeof value === "number" && source !== undefined && isLost(value, source) ? new LostNumber(source) : value;
  return JSON.parse(text, exact as (key: string, value: unknown) => unknown);
};

/** Fractions are never exact, and codes have none. */
const isLost = (value: number, source: string): boolean =>
  Number.isInteger(value) && String(value) !== source && (!Number.isSafeInteger(value) || !/^(?:-?\d+(?:\.0*)?|.{1,15})$/.test(source));

const refuseNumber = (path: string, source: string): never => {
  throw new BadUserInput(path, source, "must be a number up to 2^53 without loss of digits; codes must be text");
};

/**
 * Checks all input of a client: PostgreSQL cannot store NUL, UTF-8 no lone surrogate, JSON no infinite number, and JavaScript no whole number above 2^53 exactly.
 * References are checked by their finders, so that one invalid reference does not fail the others. @throws BadUserInput naming the path.
 */
export const checkJson = (value: unknown, path = "", depth = 0, isReference = false): void => {
  if (typeof value !== "object" || value === null || value instanceof LostNumber) return isReference ? undefined : checkScalar(value, path);
  if (depth >= MAX_DEPTH)
    throw new BadUserInput(topOf(path), `${MAX_DEPTH + 1} levels`, `must contain at most ${MAX_DEPTH} levels of lists and objects`);
  for (const key of Object.keys(value)) {
    const below = path ? `${path}.${key}` : key;
    if (FORBIDDEN_KEYS.has(key)) throw new BadUserInput(below, key, `must be a key other than ${[...FORBIDDEN_KEYS].join(", ")}`);
    checkText(key, path || "request");
    checkJson((value as Record<string, unknown>)[key], below, depth + 1, isReference || (path.startsWith("variables.") && hasType(value)));
  }
};

const hasType = (value: object): boolean => Object.hasOwn(value, "__typename");

const checkScalar = (value: unknown, path: string): void => {
  if (typeof value === "string") checkText(value, path);
  if (typeof value === "number" && !Number.isFinite(value)) throw new BadUserInput(path, String(value), "must be a finite number");
  if (value instanceof LostNumber) refuseNumber(path, value.source);
};

const topOf = (path: string): string => path.split(".").slice(0, 2).join(".") || "request";

export const checkText = (text: string, path: string): void => {
  if (!text.isWellFormed()) throw new BadUserInput(path, text, "must be text without lone surrogates");
  if (text.includes("\u0000")) throw new BadUserInput(path, text, "must be text without U+0000");
};
