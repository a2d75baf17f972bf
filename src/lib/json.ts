import { BadUserInput } from "./errors.ts";

const MAX_DEPTH = 32;
/** Keys by which code that copies objects could be led to change what all objects inherit. */
const FORBIDDEN_KEYS = new Set(["__proto__", "constructor", "prototype"]);

/** A number of which JavaScript keeps other digits than were sent; as a code it would be another one. */
class LostNumber {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** Where a number stands that may have more digits than JavaScript keeps. */
const LONG_NUMBER = /[:[,]\s*-?(?:[\d.]{16}|[\d.]+[eE])/;

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** Puts what `checkJson` refuses in the place of whole numbers that are not kept as they are written. @throws SyntaxError */
export const parseJson = (text: string): unknown => {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text);
  const exact: Reviver = (_, value, { source }) =>
    typeof value === "number" && source !== undefined && isLost(value, source) ? new LostNumber(source) : value;
  return JSON.parse(text, exact as (key: string, value: unknown) => unknown);
};

/** Fractions are never kept exactly, and are no codes. */
const isLost = (value: number, source: string): boolean =>
  Number.isInteger(value) && String(value) !== source && (!Number.isSafeInteger(value) || !/^(?:-?\d+(?:\.0*)?|.{1,15})$/.test(source));

const refuseNumber = (path: string, source: string): never => {
  throw new BadUserInput(path, source, "must be a number up to 2^53 without loss of digits; codes must be text");
};

/**
 * Looks through all that a client sent. PostgreSQL cannot hold NUL, UTF-8 no half of a surrogate pair, JSON no number that is not finite, and
 * JavaScript not every digit of a whole number beyond 2^53. What a reference holds is left to whoever looks up what it means, so that a router's other
 * references are answered; nothing else takes objects that name their type.
 * @throws BadUserInput naming the path.
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

/** @throws BadUserInput for what is no text that can be stored and sent on. */
export const checkText = (text: string, path: string): void => {
  if (!text.isWellFormed()) throw new BadUserInput(path, text, "must be text without lone surrogates");
  if (text.includes("\u0000")) throw new BadUserInput(path, text, "must be text without U+0000");
};
