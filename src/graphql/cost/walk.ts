import {
  type FieldNode,
  getArgumentValues,
  getNamedType,
  GraphQLError,
  type GraphQLObjectType,
  isAbstractType,
  isIntrospectionType,
  TypeNameMetaFieldDef,
} from "graphql";
import { collectSubfields } from "graphql/execution/collectFields.js";
import { type ExecutionContext, getFieldDef } from "graphql/execution/execute.js";
import type { Subject } from "../../module/cost/field-cost.ts";
import { bounded, CEILING, TooLarge } from "../../module/cost/unit-set.ts";
import { type CostPlace, stepOf } from "./fields.ts";
import { introspected } from "./introspection.ts";

export type Asked = Pick<ExecutionContext, "schema" | "operation" | "fragments" | "variableValues">;
type Walk = Asked & CostPlace;

/** Cost of a selected field, in looks at units. */
const FIELD_EFFORT = 20;

export const estimatedRows = (asked: Asked, place: Omit<CostPlace, "periods">): number => {
  const { schema, operation } = asked;
  const root = schema.getRootType(operation.operation);
  const walk = { ...asked, ...place, periods: new Set<string>() };
  try {
    return root ? Math.ceil(rowsBelow(walk, root, { count: 1 }, [operation as Pick<FieldNode, "selectionSet"> as FieldNode])) : 0;
  } catch (error) {
    if (error instanceof TooLarge) return CEILING;
    throw error;
  }
};

const rowsBelow = (walk: Walk, type: GraphQLObjectType, subject: Subject, nodes: readonly FieldNode[]): number => {
  const { schema, fragments, variableValues } = walk;
  const fields = unlessRefused(() => collectSubfields(schema, fragments, variableValues, type, nodes));
  let sum = 0;
  for (const merged of fields?.values() ?? []) sum += rowsOfField(walk, type, subject, merged);
  return bounded(sum);
};

const rowsOfField = (walk: Walk, type: GraphQLObjectType, subject: Subject, nodes: readonly FieldNode[]): number => {
  const [node] = nodes as [FieldNode];
  walk.effort.spend(FIELD_EFFORT * nodes.length);
  const field = getFieldDef(walk.schema, type, node);
  if (!field || field === TypeNameMetaFieldDef) return 0;
  const step = unlessRefused(() => {
    const args = getArgumentValues(field, node, walk.variableValues);
    if (isIntrospectionType(type) || field.name.startsWith("__")) return introspected(field, subject, args, walk);
    return stepOf(`${type.name}.${field.name}`, field, subject, args, walk);
  });
  if (!step) return 0;
  const { rows, below } = step;
  if (!node.selectionSet || (below.lists ?? below.count) === 0) return rows;
  const named = getNamedType(field.type);
  const types = isAbstractType(named) ? walk.schema.getPossibleTypes(named) : [named as GraphQLObjectType];
  return types.reduce((sum, one) => sum + rowsBelow(walk, one, below.byType?.(one.name) ?? below, nodes), rows);
};

/** Null for what execution refuses, because its error comes from there. */
const unlessRefused = <T>(work: () => T): T | null => {
  try {
    return work();
  } catch (error) {
    if (error instanceof GraphQLError) return null;
    throw error;
  }
};
