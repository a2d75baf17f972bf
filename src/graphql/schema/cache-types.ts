import { getNamedType, getNullableType, type GraphQLSchema, isCompositeType, isListType, isObjectType } from "graphql";

const HEAD = `/* Written by \`npm run schema\` from the schema; npm run schema:check compares. */
`;

/** Content of schema/clients/cache-types.ts: the key fields of each type in a client's cache, and the fields that are lists. */
export const cacheTypesOf = (schema: GraphQLSchema, sdl: string): string => {
  const types = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith("_"))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const keyOf = (name: string, fields: object): string[] | null =>
    new RegExp(`^type ${name}\\b.*? @key\\(fields: "([^"]+)"`, "m").exec(sdl)?.[1]?.split(" ") ?? ("id" in fields ? ["id"] : null);
  const listsOf = (type: (typeof types)[number]) =>
    Object.values(type.getFields())
      .filter(
        (field) => isListType(getNullableType(field.type)) && isCompositeType(getNamedType(field.type)) && !field.name.startsWith("_"),
      )
      .map(({ name }) => name);
  const keyed = types.flatMap((type) => {
    const key = keyOf(type.name, type.getFields());
    return key ? [[type.name, key] as const] : [];
  });
  const roots = new Set([schema.getQueryType(), schema.getMutationType()]);
  const embedded = types.filter((type) => !roots.has(type) && keyOf(type.name, type.getFields()) === null).map(({ name }) => name);
  const lists = types.map((type) => [type.name, listsOf(type)] as const).filter(([, fields]) => fields.length > 0);
  return [
    HEAD,
    "/** Types with an identity, and their key fields. */",
    `export const KEYED = ${objectOf(keyed)};\n`,
    "/** Types without an identity, which belong to their parent field. */",
    `export const EMBEDDED = [\n${embedded.map((name) => `  "${name}",\n`).join("")}] as const;\n`,
    "/** Fields that are lists of objects. */",
    `export const LISTS = ${objectOf(lists)};\n`,
  ].join("\n");
};

const objectOf = (entries: readonly (readonly [string, readonly string[]])[]): string =>
  `{\n${entries.map(([name, fields]) => `  ${name}: ${JSON.stringify(fields).replaceAll(",", ", ")},\n`).join("")}} as const`;
