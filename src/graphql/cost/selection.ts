import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import { isIncluded } from "../execution/conditions.ts";
import type { Place } from "../../module/cost/field-cost.ts";

export interface Asked {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Returns the fields selected on a type; fields with the same response name are merged, as in execution. */
export const fieldsIn = (
  asked: Asked,
  place: Place,
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
): readonly (readonly FieldNode[])[] => {
  const fields = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  for (const set of sets) collect(asked, place, type, set, fields, visited);
  return [...fields.values()];
};

/** Cost of a selection, in looks at units. */
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

const mayBeIncluded = ({ variables }: Asked, node: SelectionNode): boolean => {
  try {
    return isIncluded(node, variables);
  } catch {
    return true;
  }
};
