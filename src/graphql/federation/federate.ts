import { buildSubgraphSchema } from "@apollo/subgraph";
import { printSchemaWithDirectives } from "@graphql-tools/utils";
import { type FieldDefinitionNode, type GraphQLSchema, Kind, type ObjectTypeDefinitionNode, parse, print, visit } from "graphql";
import { createResolversMap } from "type-graphql";

type Module = Extract<Parameters<typeof buildSubgraphSchema>[0], readonly unknown[]>[number];
type Resolvers = NonNullable<Extract<Module, { typeDefs: unknown }>["resolvers"]>;

export interface Subgraph {
  readonly schema: GraphQLSchema;
  readonly sdl: string;
}

/** Puts these fields of Query first, where readers of its documentation begin. */
const beginningWith = (names: readonly string[]) => (type: ObjectTypeDefinitionNode) => {
  const rankOf = ({ name }: FieldDefinitionNode) => (names.includes(name.value) ? names.indexOf(name.value) : names.length);
  return type.name.value === "Query" ? { ...type, fields: type.fields?.toSorted((a, b) => rankOf(a) - rankOf(b)) ?? [] } : undefined;
};

/** Builds a subgraph: `head` links federation directives, `resolvers` find referenced objects. */
export const federate = (plain: GraphQLSchema, head: string, resolvers: Resolvers = {}, first: readonly string[] = []): Subgraph => {
  const { definitions } = visit(parse(printSchemaWithDirectives(plain)), {
    ObjectTypeDefinition: { leave: beginningWith(first) },
  });
  const nameOf = (definition: (typeof definitions)[number]) => ("name" in definition ? (definition.name?.value ?? "") : "");
  const sorted = definitions.filter(({ kind }) => kind !== Kind.SCHEMA_DEFINITION).toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const sdl = `${[head, ...sorted.map(print)].join("\n\n")}\n`;
  const fields = createResolversMap(plain) as Resolvers;
  const all = Object.keys(resolvers).map((type) => [type, { ...fields[type], ...resolvers[type] }]);
  return { schema: buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: { ...fields, ...Object.fromEntries(all) } }]), sdl };
};
