import {
  type FieldNode,
  getArgumentValues,
  getNamedType,
  GraphQLError,
  type GraphQLField,
  type GraphQLResolveInfo,
  isObjectType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
} from "graphql";
import { type Asked, fieldsIn } from "./selection.ts";
import type { Arguments, Place } from "../../module/cost/field-cost.ts";
import { bounded } from "../../module/cost/unit-set.ts";

/** Number of values that are printed in the time of one row; tools that request the whole schema get about ten thousand. */
const VALUES_A_ROW = 4;
/** Number of characters that are printed in the time of one row. */
const CHARACTERS_A_ROW = 200;

const META_FIELDS = new Map<string, GraphQLField<unknown, unknown>>([
  ["__schema", SchemaMetaFieldDef],
  ["__type", TypeMetaFieldDef],
]);

type Elements = ReadonlyMap<unknown, number>;

const ROOT: Elements = new Map([[undefined, 1]]);

/** Cost of introspection in rows. It reads no data, but nested lists can multiply. List sizes are exact, because the schema is in memory; each part is visited once. */
export const rowsOfIntrospection = (asked: Asked, place: Place, nodes: readonly FieldNode[]): number => {
  const field = META_FIELDS.get(nodes[0]!.name.value);
  return field ? rowsShown(asked, place, field, nodes, ROOT) : 0;
};

const rowsShown = (
  asked: Asked,
  place: Place,
  field: GraphQLField<unknown, unknown>,
  nodes: readonly FieldNode[],
  elements: Elements,
): number => {
  const args = argumentsOf(asked, field, nodes[0]!);
  if (!args) return 0;
  const { shown, rows } = shownBy(asked, place, field, args, elements);
  const named = getNamedType(field.type);
  if (!isObjectType(named) || shown.size === 0) return rows;
  const definitions = named.getFields();
  let sum = rows;
  for (const below of fieldsIn(
    asked,
    place,
    named,
    nodes.flatMap(({ selectionSet }) => selectionSet ?? []),
  )) {
    const definition = definitions[below[0]!.name.value];
    if (definition) sum += rowsShown(asked, place, definition, below, shown);
  }
  return bounded(sum);
};

const argumentsOf = ({ variables }: Asked, field: GraphQLField<unknown, unknown>, node: FieldNode): Arguments | null => {
  try {
    return getArgumentValues(field, node, variables);
  } catch (error) {
    if (error instanceof GraphQLError) return null;
    throw error;
  }
};

const shownBy = ({ schema }: Asked, { effort }: Place, field: GraphQLField<unknown, unknown>, args: Arguments, elements: Elements) => {
  const shown = new Map<unknown, number>();
  const info = { schema } as GraphQLResolveInfo;
  let rows = 0;
  for (const [element, times] of elements) {
    const value: unknown = field.resolve!(element, args, undefined, info);
    const all = Array.isArray(value) ? (value as unknown[]) : [value];
    effort.spend(1 + all.length);
    const characters = typeof value === "string" ? value.length : 0;
    rows += times * ((1 + all.length) / VALUES_A_ROW + characters / CHARACTERS_A_ROW);
    for (const one of all) if (typeof one === "object" && one !== null) shown.set(one, bounded((shown.get(one) ?? 0) + times));
  }
  return { shown, rows: bounded(rows) };
};
