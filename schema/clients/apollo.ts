import type { FieldPolicy, FieldReadFunction, TypePolicies, TypePolicy } from "@apollo/client";
import { EMBEDDED, KEYED, LISTS } from "./cache-types.ts";

/**
 * For Apollo Client: `new InMemoryCache({ typePolicies })`. Select `id` and `asOf` wherever a unit is selected, and `evidence` with them where drafts are
 * asked for: the view of one day is another object than that of the next.
 */

/** Today in Asia/Ho_Chi_Minh. */
const today = (): string => new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);

/** A unit that came by its code is known by its id, too. */
const readUnit: FieldReadFunction = (known, { args, toReference }) => {
  if (known !== undefined || typeof args?.["id"] !== "string") return known;
  const { id, asOf, evidence } = args;
  return toReference({ __typename: "Unit", id, asOf: asOf ?? today(), ...(evidence === "ALL" && { evidence }) });
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Whether two lists say the same of all that both know. */
const agree = (known: unknown, given: unknown): boolean => {
  if (Array.isArray(known) && Array.isArray(given)) return known.length === given.length && known.every((item, n) => agree(item, given[n]));
  if (isObject(known) && isObject(given)) return Object.keys(known).every((name) => !(name in given) || agree(known[name], given[name]));
  return known === given;
};

const joined = (known: unknown, given: unknown): unknown => {
  if (Array.isArray(known) && Array.isArray(given)) return given.map((item, n) => joined(known[n], item));
  if (!isObject(known) || !isObject(given)) return given;
  return { ...known, ...Object.fromEntries(Object.entries(given).map(([name, value]) => [name, joined(known[name], value)])) };
};

/** Two questions each bring some fields of the items of a list; a list that has changed takes the place of the one before. */
const LIST: FieldPolicy = {
  merge: (known: unknown, given: unknown) => (known !== undefined && agree(known, given) ? joined(known, given) : given),
};

const listsOf = (type: string): Record<string, FieldPolicy> => {
  const fields: readonly string[] = (LISTS as Record<string, readonly string[]>)[type] ?? [];
  return Object.fromEntries(fields.map((field) => [field, LIST]));
};

/** What is asked for without its key belongs to where it is asked for. */
const keyed = (type: string, key: readonly string[]): TypePolicy => ({
  keyFields: (object) => (key.every((name) => name in object) ? key : false),
  merge: true,
  fields: listsOf(type),
});

export const typePolicies: TypePolicies = {
  ...Object.fromEntries(EMBEDDED.map((type): [string, TypePolicy] => [type, { merge: true, fields: listsOf(type) }])),
  ...Object.fromEntries(Object.entries(KEYED).map(([type, key]) => [type, keyed(type, key)])),
  Unit: {
    keyFields: ({ evidence }) => (evidence === "ALL" ? [...KEYED.Unit, "evidence"] : KEYED.Unit),
    merge: true,
    fields: listsOf("Unit"),
  },
  Query: { fields: { ...listsOf("Query"), unit: { read: readUnit } } },
};
