import { getNamedType, getNullableType, type GraphQLField, GraphQLInt, isLeafType, isListType } from "graphql";
import type { Arguments, FieldCost, Rule } from "../../module/cost/field-cost.ts";
import { LIST_SIZE, listed } from "../../module/cost/rules.ts";

/** Cost of a field without a rule, from its shape alone. */
export const shapeRule = (
  { name: own, type, args: definitions }: GraphQLField<unknown, unknown>,
  { size = LIST_SIZE, counted = 0 }: FieldCost,
  parts: ReadonlySet<string>,
): Rule => {
  const named = getNamedType(type);
  if (isLeafType(named)) return ({ count }, args) => ({ rows: itemsIn(args) + counted * count, below: { count: 0 } });
  const isList = isListType(getNullableType(type));
  if (definitions.some((argument) => argument.name === "first" && getNullableType(argument.type) === GraphQLInt))
    return ({ count }, args) => {
      const { rows } = listed({ count }, firstOf(args) + itemsIn(args));
      return { rows, below: isList ? { count: rows } : { count, page: rows } };
    };
  const length = isList ? size : Number(!parts.has(named.name));
  return ({ count, units, page, isEdge }, args) => {
    if (isEdge && own === "node") return { rows: 0, below: { count, units } };
    if (page !== undefined && (own === "nodes" || own === "edges"))
      return { rows: 0, below: { count: page, units, isEdge: own === "edges" } };
    const { rows } = listed({ count }, length + itemsIn(args));
    return { rows, below: { count: isList ? rows : count } };
  };
};

const firstOf = ({ first }: Arguments): number => Math.max(0, (first as number | null | undefined) ?? LIST_SIZE);

/** Number of items of all lists in the arguments at any depth, because each may cause a row. */
const itemsIn = (value: unknown): number => {
  if (typeof value !== "object" || value === null) return 0;
  const parts = Object.values(value);
  let items = Array.isArray(value) ? parts.length : 0;
  for (const part of parts) items += itemsIn(part);
  return items;
};
