import {
  type FieldNode,
  getArgumentValues,
  getNamedType,
  GraphQLError,
  type GraphQLObjectType,
  isAbstractType,
  isObjectType,
  TypeNameMetaFieldDef,
} from "graphql";
import { collectSubfields } from "graphql/execution/collectFields.js";
import { type ExecutionContext, getFieldDef } from "graphql/execution/execute.js";
import type { Subject } from "../../module/cost/field-cost.ts";
import { bounded, CEILING, TooLarge } from "../../module/cost/unit-set.ts";
import { type CostPlace, stepOf } from "./fields.ts";

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
  const step = unlessRefused(() =>
    stepOf(type, field, subject, field.args.length === 0 ? NO_ARGUMENTS : getArgumentValues(field, node, walk.variableValues), walk),
  );
  if (!step) return 0;
  const { rows, below } = step;
  const named = getNamedType(field.type);
  if (!node.selectionSet || (below.lists ?? below.count) === 0) return rows;
  if (isObjectType(named)) return rows + rowsBelow(walk, named, below, nodes);
  const possible = isAbstractType(named) ? walk.schema.getPossibleTypes(named) : [];
  const all = possible.map((one) => rowsBelow(walk, one, below.byType?.(one.name) ?? below, nodes));
  return rows + (below.byType ? all.reduce((sum, one) => sum + one, 0) : Math.max(0, ...all));
};

const NO_ARGUMENTS = {};

/** Null for what execution refuses, because its error comes from there. */
const unlessRefused = <T>(work: () => T): T | null => {
  try {
    return work();
  } catch (error) {
    if (error instanceof GraphQLError) return null;
    throw error;
  }
};
