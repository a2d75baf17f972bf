import {
  type FieldNode,
  getArgumentValues,
  getNamedType,
  GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  Kind,
  type FragmentDefinitionNode,
  type SelectionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import { isIncluded } from "../../operation/conditions.ts";
import { bounded, CEILING, TooLarge } from "./unit-set.ts";
import type { Place } from "./unit-fields.ts";
import { type Subject, stepOf } from "./fields.ts";

/** An operation with the values of its variables. */
export interface Asked {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The rows that an operation may read at most: whole, and no larger than CEILING. */
export const rowsOf = (asked: Asked, place: Place): number => {
  const root = asked.schema.getRootType(asked.operation.operation);
  if (!root) return 0;
  try {
    return Math.ceil(bounded(rowsBelow(asked, place, root, { count: 1 }, [asked.operation.selectionSet])));
  } catch (error) {
    if (error instanceof TooLarge) return CEILING;
    throw error;
  }
};

/** Of the fields that are selected on all objects of one place. */
const rowsBelow = (asked: Asked, place: Place, type: GraphQLObjectType, subject: Subject, sets: readonly SelectionSetNode[]): number => {
  const fields = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  for (const set of sets) collect(asked, place, type, set, fields, visited);
  let sum = 0;
  for (const nodes of fields.values()) sum += rowsOfField(asked, place, type, subject, nodes);
  return bounded(sum);
};

/** Fields of one response name are one field, as execution has it. */
const rowsOfField = (asked: Asked, place: Place, type: GraphQLObjectType, subject: Subject, nodes: readonly FieldNode[]): number => {
  const [node] = nodes as [FieldNode];
  const field = type.getFields()[node.name.value];
  // Introspection reads nothing.
  if (!field) return 0;
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

/** Null for arguments that execution refuses: their error is its own. */
const stepFrom = (
  { variables }: Asked,
  place: Place,
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
/** A selection takes as long as looking at so many units. */
const FIELD_EFFORT = 20;

const collect = (
  asked: Asked,
  place: Place,
  type: GraphQLObjectType,
  { selections }: SelectionSetNode,
  fields: Map<string, FieldNode[]>,
  visited: Set<string>,
): void => {
  for (const selection of selections) {
    place.effort.spend(FIELD_EFFORT);
    if (!mayBeIncluded(asked, selection)) continue;
    if (selection.kind === Kind.FIELD) {
      const name = selection.alias?.value ?? selection.name.value;
      const known = fields.get(name);
      if (known) known.push(selection);
      else fields.set(name, [selection]);
      continue;
    }
    let part: FragmentDefinitionNode | typeof selection | undefined = selection;
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const { value } = selection.name;
      if (visited.has(value)) continue;
      visited.add(value);
      part = asked.fragments.get(value);
    }
    if (!part || part.kind === Kind.FRAGMENT_SPREAD) continue;
    const condition = part.typeCondition && asked.schema.getType(part.typeCondition.name.value);
    if (!condition || condition === type || (isAbstractType(condition) && asked.schema.isSubType(condition, type)))
      collect(asked, place, type, part.selectionSet, fields, visited);
  }
};

/** A condition that cannot be read is execution's to refuse. */
const mayBeIncluded = ({ variables }: Asked, node: SelectionNode): boolean => {
  try {
    return isIncluded(node, variables);
  } catch {
    return true;
  }
};
