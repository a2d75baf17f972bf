import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  getNamedType,
  type GraphQLCompositeType,
  GraphQLError,
  type GraphQLField,
  type GraphQLSchema,
  isCompositeType,
  isObjectType,
  isUnionType,
  Kind,
  type NameNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import { isIncluded } from "./conditions.ts";

type Variables = Readonly<Record<string, unknown>>;

interface Given {
  readonly field: GraphQLField<unknown, unknown>;
  readonly node: FieldNode;
  readonly variables: readonly (readonly [argument: string, variable: string])[];
}

/** A copy of an operation that no longer depends on values. */
export interface Unconditional {
  /** The operation without its name, and its fragments, without directives and with a variable of `type` for every argument. */
  readonly document: DocumentNode;
  /** Computes these variables from the operation's own. @throws GraphQLError for an invalid argument. */
  readonly values: (variables: Variables) => Record<string, unknown>;
}

const nameOf = (value: string): NameNode => ({ kind: Kind.NAME, value });

class Unknown extends Error {}

/** Evaluates every condition of an operation on fresh nodes and extracts its argument values. Null for introspection, unknown fields and invalid conditions. */
export const unconditional = (
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  { variables, type }: { readonly variables: Variables; readonly type: string },
): Unconditional | null => {
  try {
    const copying = new Copying(schema, document, variables);
    const selectionSet = copying.selectionSet(operation.selectionSet, schema.getRootType(operation.operation));
    const variableDefinitions = copying.given.flatMap((one) =>
      one.variables.map(([, variable]) => ({
        ...{ kind: Kind.VARIABLE_DEFINITION as const, variable: { kind: Kind.VARIABLE as const, name: nameOf(variable) } },
        type: { kind: Kind.NAMED_TYPE as const, name: nameOf(type) },
      })),
    );
    const copy = { kind: operation.kind, operation: operation.operation, variableDefinitions, selectionSet };
    return {
      document: { kind: Kind.DOCUMENT, definitions: [copy, ...copying.fragments.values()] },
      values: (asked) => valuesOf(copying.given, asked),
    };
  } catch (error) {
    if (error instanceof Unknown || error instanceof GraphQLError) return null;
    throw error;
  }
};

const valuesOf = (given: readonly Given[], asked: Variables): Record<string, unknown> => {
  const values: Record<string, unknown> = {};
  for (const { field, node, variables } of given) {
    const found = getArgumentValues(field, node, asked);
    for (const [argument, variable] of variables) if (Object.hasOwn(found, argument)) values[variable] = found[argument];
  }
  return values;
};

class Copying {
  readonly given: Given[] = [];
  readonly fragments = new Map<string, FragmentDefinitionNode>();
  readonly #schema: GraphQLSchema;
  readonly #variables: Variables;
  readonly #originals: ReadonlyMap<string, FragmentDefinitionNode>;
  #count = 0;

  constructor(schema: GraphQLSchema, { definitions }: DocumentNode, variables: Variables) {
    this.#schema = schema;
    this.#variables = variables;
    this.#originals = new Map(
      definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [])),
    );
  }

  selectionSet({ selections }: SelectionSetNode, parent: unknown): SelectionSetNode {
    if (!isCompositeType(parent)) throw new Unknown();
    const included = selections.filter((one) => isIncluded(one, this.#variables));
    return { kind: Kind.SELECTION_SET, selections: included.map((one) => this.#selection(one, parent)) };
  }

  #selection(selection: SelectionNode, parent: GraphQLCompositeType): SelectionNode {
    if (selection.kind === Kind.FIELD) return this.#field(selection, parent);
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      this.#fragment(selection.name.value);
      return { kind: selection.kind, name: selection.name };
    }
    const { kind, typeCondition, selectionSet } = selection;
    const type = typeCondition ? this.#schema.getType(typeCondition.name.value) : parent;
    return { kind, selectionSet: this.selectionSet(selectionSet, type), ...(typeCondition && { typeCondition }) };
  }

  #fragment(name: string): void {
    if (this.fragments.has(name)) return;
    const fragment = this.#originals.get(name);
    if (!fragment) throw new Unknown();
    const { kind, typeCondition, selectionSet } = fragment;
    // Set before the visit, because a fragment that includes itself would recurse forever.
    this.fragments.set(name, fragment);
    const copy = this.selectionSet(selectionSet, this.#schema.getType(typeCondition.name.value));
    this.fragments.set(name, { kind, name: fragment.name, typeCondition, selectionSet: copy });
  }

  #field(node: FieldNode, parent: GraphQLCompositeType): FieldNode {
    const { kind, name, alias, selectionSet } = node;
    const copy = { kind, name, ...(alias && { alias }) };
    if (name.value === "__typename") return copy;
    const field = isUnionType(parent) ? undefined : parent.getFields()[name.value];
    if (!field) throw new Unknown();
    return {
      ...{ ...copy, arguments: this.#arguments(field, node, parent) },
      ...(selectionSet && { selectionSet: this.selectionSet(selectionSet, getNamedType(field.type)) }),
    };
  }

  /** Types of an interface may have different default values. */
  #arguments(field: GraphQLField<unknown, unknown>, node: FieldNode, parent: GraphQLCompositeType): ArgumentNode[] {
    const written = new Set(node.arguments?.map(({ name }) => name.value));
    const names = field.args.filter(({ name, defaultValue }) => written.has(name) || (isObjectType(parent) && defaultValue !== undefined));
    if (names.length === 0) return [];
    const variables = names.map(({ name }) => [name, `v${this.#count++}`] as const);
    this.given.push({ field, node, variables });
    return variables.map(([argument, variable]) => ({
      ...{ kind: Kind.ARGUMENT, name: nameOf(argument), value: { kind: Kind.VARIABLE, name: nameOf(variable) } },
    }));
  }
}
