import type { DocExplorerNavStackItem } from "@graphiql/plugin-doc-explorer";
import {
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from "graphql";

export interface Entry {
  readonly path: string;
  readonly description: string;
  /** Documentation pages that lead to the entry. */
  readonly pages: readonly DocExplorerNavStackItem[];
}

export interface Found extends Entry {
  readonly excerpt: string;
}

type Def = NonNullable<DocExplorerNavStackItem["def"]>;

export const MOST = 100;
const BEFORE = 50;
const AROUND = 160;

/** Preserves the length of the NFC text, so that positions in both match. */
const fold = (text: string): string => text.normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll(/[đĐ]/g, "d").toLowerCase();

const pageOf = (def: Def): DocExplorerNavStackItem => ({ name: def.name, def });

const entryOf = (path: string, description: string | null | undefined, ...defs: readonly Def[]): Entry => ({
  path,
  description: (description ?? "").replaceAll(/\s+/g, " ").normalize("NFC"),
  pages: defs.map(pageOf),
});

const entriesOfType = (type: GraphQLNamedType): Entry[] => {
  const itself = entryOf(type.name, type.description, type);
  if (isEnumType(type)) {
    return [itself, ...type.getValues().map((value) => entryOf(`${type.name}.${value.name}`, value.description, type))];
  }
  if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return [itself];
  const fields: readonly (GraphQLField<unknown, unknown> | GraphQLInputField)[] = Object.values(type.getFields());
  return [itself, ...fields.flatMap((field) => entriesOfField(type, field))];
};

const entriesOfField = (type: GraphQLNamedType, field: GraphQLField<unknown, unknown> | GraphQLInputField): Entry[] => {
  const path = `${type.name}.${field.name}`;
  const all = "args" in field ? field.args : [];
  return [
    entryOf(path, field.description, type, field),
    ...all.map((argument) => entryOf(`${path}(${argument.name})`, argument.description, type, field)),
  ];
};

/** All described elements of the schema, starting with Query. */
export const entriesOf = (schema: GraphQLSchema): readonly Entry[] => {
  const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith("__"));
  const query = schema.getQueryType();
  return [...types.filter((type) => type === query), ...types.filter((type) => type !== query)].flatMap(entriesOfType);
};

/** Finds entries by words of name or description, with or without diacritics: first by name, then with exact diacritics, then the others. */
export const find = (entries: readonly Entry[], typed: string): readonly Found[] => {
  const exact = typed.trim().normalize("NFC").toLowerCase();
  const folded = fold(exact);
  if (folded === "") return [];
  const ranked = entries.flatMap((entry) => {
    const inName = fold(entry.path).includes(folded);
    const place = fold(entry.description).indexOf(folded);
    if (!inName && place < 0) return [];
    const rank = inName ? 0 : entry.description.toLowerCase().includes(exact) ? 1 : 2;
    return [{ rank, found: { ...entry, excerpt: excerptOf(entry.description, Math.max(place, 0)) } }];
  });
  return ranked
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, MOST)
    .map(({ found }) => found);
};

const excerptOf = (text: string, place: number): string => {
  const from = Math.max(0, place - BEFORE);
  const to = Math.min(text.length, from + AROUND);
  return `${from > 0 ? "…" : ""}${text.slice(from, to)}${to < text.length ? "…" : ""}`;
};
