import {
  type DirectiveNode,
  type DocumentNode,
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  visit,
} from "graphql";

export const isIncluded = (node: SelectionNode, variables: Readonly<Record<string, unknown>>): boolean => {
  if (!node.directives?.length) return true;
  if (getDirectiveValues(GraphQLSkipDirective, node, variables)?.["if"] === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, node, variables)?.["if"] !== false;
};

const CONDITIONS = new Set([GraphQLSkipDirective.name, GraphQLIncludeDirective.name]);

const known = new WeakMap<OperationDefinitionNode, readonly string[]>();

export const conditionVariables = (document: DocumentNode, operation: OperationDefinitionNode): readonly string[] => {
  const found = known.get(operation);
  if (found) return found;
  const own = new Set(operation.variableDefinitions?.map(({ variable }) => variable.name.value));
  const names = new Set<string>();
  visit(document, {
    OperationDefinition: (one) => (one === operation ? undefined : false),
    Directive: ({ name, arguments: given = [] }: DirectiveNode) => {
      if (!CONDITIONS.has(name.value)) return;
      for (const { value } of given) if (value.kind === Kind.VARIABLE && own.has(value.name.value)) names.add(value.name.value);
    },
  });
  known.set(operation, [...names]);
  return [...names];
};
