import type { KeyingConfig, Resolver } from "@urql/exchange-graphcache";
import { EMBEDDED, KEYED } from "./cache-types.ts";

/**
 * For urql: `cacheExchange({ keys, resolvers })` of @urql/exchange-graphcache. Select `id` and `asOf` wherever a unit is selected, and `evidence` with them
 * where drafts are asked for.
 */

/** Today in Asia/Ho_Chi_Minh. */
const today = (): string => new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);

type Key = (data: Readonly<Record<string, unknown>>) => string | null;

const keyBy =
  (names: readonly string[]): Key =>
  (data) =>
    names.every((name) => typeof data[name] === "string") ? names.map((name) => data[name]).join("@") : null;

const keyOfUnit: Key = (data) => {
  const key = keyBy(KEYED.Unit)(data);
  return key !== null && data["evidence"] === "ALL" ? `${key}@ALL` : key;
};

export const keys: KeyingConfig = {
  ...Object.fromEntries(EMBEDDED.map((type): [string, Key] => [type, () => null])),
  ...Object.fromEntries(Object.entries(KEYED).map(([type, names]) => [type, keyBy(names)])),
  Unit: keyOfUnit,
};

/** A unit that came by its code is known by its id, too. */
const unit: Resolver = (_parent, args, cache, { fieldName, parentKey }) => {
  const { id, asOf, evidence } = args;
  const known = cache.resolve(parentKey, fieldName, args);
  if (known !== undefined || typeof id !== "string") return known;
  return { __typename: "Unit", id, asOf: asOf ?? today(), ...(evidence === "ALL" && { evidence }) };
};

export const resolvers = { Query: { unit } };
