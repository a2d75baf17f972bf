import {
  type FieldNode,
  getArgumentValues,
  getNamedType,
  GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  isAbstractType,
  isObjectType,
  type SelectionSetNode,
} from "graphql";
import type { Subject } from "../../module/cost/field-cost.ts";
import { bounded, CEILING, TooLarge } from "../../module/cost/unit-set.ts";
import { type CostPlace, stepOf } from "./fields.ts";
import { rowsOfIntrospection } from "./introspection.ts";
import { NewPeriods } from "./reads.ts";
import { type Asked, fieldsIn } from "./selection.ts";

export const estimatedRows = (asked: Asked, given: Omit<CostPlace, "periods">): number => {
  const place = { ...given, periods: new NewPeriods() };
  const root = asked.schema.getRootType(asked.operation.operation);
  if (!root) return 0;
  try {
    return Math.ceil(bounded(rowsBelow(asked, place, root, { count: 1 }, [asked.operation.selectionSet])));
  } catch (error) {
    if (error instanceof TooLarge) return CEILING;
    throw error;
  }
};

const rowsBelow = (
  asked: Asked,
  place: CostPlace,
  type: GraphQLObjectType,
  subject: Subject,
  sets: readonly SelectionSetNode[],
): number => {
  let sum = 0;
  for (const nodes of fieldsIn(asked, place, type, sets)) sum += rowsOfField(asked, place, type, subject, nodes);
  return bounded(sum);
};

const rowsOfField = (asked: Asked, place: CostPlace, type: GraphQLObjectType, subject: Subject, nodes: readonly FieldNode[]): number => {
  const [node] = nodes as [FieldNode];
  const field = type.getFields()[node.name.value];
  if (!field) return type === asked.schema.getQueryType() ? rowsOfIntrospection(asked, place, nodes) : 0;
  const step = stepFrom(asked, place, type, field, subject, node);
  if (!step) return 0;
  const { rows, below } = step;
  const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  if (sets.length === 0 || below.count === 0) return rows;
  const named = getNamedType(field.type);
  if (isObjectType(named)) return rows + rowsBelow(asked, place, named, below, sets);
  const possible = isAbstractType(named) ? asked.schema.getPossibleTypes(named) : [];
  const rowsOfType = (one: GraphQLObjectType) => rowsBelow(asked, place, one, below.byType?.(one.name) ?? below, sets);
  const all = possible.map(rowsOfType);
  return rows + (below.byType ? all.reduce((sum, one) => sum + one, 0) : Math.max(0, ...all));
};

/** Null for arguments that execution refuses, because their error comes from there. */
const stepFrom = (
  { variables }: Asked,
  place: CostPlace,
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
  subject: Subject,
  node: FieldNode,
) => {
  try {
    const args = field.args.length === 0 ? NO_ARGUMENTS : getArgumentValues(field, node, variables);
    return stepOf(`${type.name}.${field.name}`, field, subject, args, place);
  } catch (error) {
    if (error instanceof GraphQLError) return null;
    throw error;
  }
};

const NO_ARGUMENTS = {};
