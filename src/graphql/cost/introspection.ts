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

/** Values that are printed as fast as a row is read. Tools that ask for the whole schema get some ten thousand. */
const VALUES_A_ROW = 4;
/** The same of the characters of a text, which descriptions have by hundreds. */
const CHARACTERS_A_ROW = 200;

const META_FIELDS = new Map<string, GraphQLField<unknown, unknown>>([
  ["__schema", SchemaMetaFieldDef],
  ["__type", TypeMetaFieldDef],
]);

/** Parts of the schema at one place of an answer, each with how often it stands there. */
type Elements = ReadonlyMap<unknown, number>;

const ROOT: Elements = new Map([[undefined, 1]]);

/**
 * What introspection prints, as rows. It reads nothing, but lists in lists of a schema are as many as one likes. The schema is at hand, so
 * that its lists are as long as they are; each part is looked at once, however often it is shown.
 */
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

/** Null for arguments that execution refuses. */
const argumentsOf = ({ variables }: Asked, field: GraphQLField<unknown, unknown>, node: FieldNode): Arguments | null => {
  try {
    return getArgumentValues(field, node, variables);
  } catch (error) {
    if (error instanceof GraphQLError) return null;
    throw error;
  }
};

/** What a field shows of all these, and the rows that printing it takes. */
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
