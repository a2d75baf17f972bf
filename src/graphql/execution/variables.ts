import type { GraphQLSchema, OperationDefinitionNode } from "graphql";
import { getVariableValues } from "graphql/execution/values.js";

export type Variables = { [name: string]: unknown };

interface Coerced {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly variables: Variables | undefined;
}

const NONE: Variables = {};
/** By the variables of a request. */
const coerced = new WeakMap<Variables, Coerced>();

/** The variables as execution gets them, coerced once for each request; undefined if it refuses them. */
export const variablesOf = (
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  given: Variables | null | undefined,
): Variables | undefined => {
  const found = given && coerced.get(given);
  if (found && found.schema === schema && found.operation === operation) return found.variables;
  const { coerced: variables } = getVariableValues(schema, operation.variableDefinitions ?? [], given ?? NONE, { maxErrors: 1 });
  if (given) coerced.set(given, { schema, operation, variables });
  return variables;
};
