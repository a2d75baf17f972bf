import {
  type DefinitionNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  visit,
} from "graphql";
import { hashOf } from "./document-manifest.ts";

/**
 * Returns the texts in which clients send the operations of files: each file unchanged; each operation with its fragments as graphql-js prints it, like typed documents;
 * and the same with `__typename` in every selection below the root, like clients with a cache. @throws Error for an invalid document or a missing fragment.
 */
export const textsOf = (fileTexts: readonly string[]): readonly string[] => {
  const documents = fileTexts.map((text) => parse(text));
  const fragments = new Map(documents.flatMap(({ definitions }) => definitions.filter(isFragment)).map((one) => [one.name.value, one]));
  const whole = documents.flatMap((document, n) => {
    const text = fileTexts[n]!;
    const operations = document.definitions.filter(isOperation);
    if (operations.length === 0) return [];
    return [text, text.trim(), ...printed(document), ...operations.flatMap((operation) => printed(documentOf(operation, fragments)))];
  });
  return [...new Set(whole)];
};

const isOperation = (one: DefinitionNode): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION;
const isFragment = (one: DefinitionNode): one is FragmentDefinitionNode => one.kind === Kind.FRAGMENT_DEFINITION;

const printed = (document: DocumentNode): string[] => [print(document), print(withTypenames(document))];

/** Returns the operation followed by its fragments in the order of use. */
const documentOf = (operation: OperationDefinitionNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): DocumentNode => {
  const definitions = new Set<OperationDefinitionNode | FragmentDefinitionNode>([operation]);
  // The loop also visits definitions that it adds.
  for (const definition of definitions)
    visit(definition, {
      FragmentSpread: ({ name: { value: name } }) => {
        const fragment = fragments.get(name);
        if (!fragment) throw new Error(`${operation.name?.value ?? "an operation"} spreads ${name}, which is in none of the files`);
        definitions.add(fragment);
      },
    });
  return { kind: Kind.DOCUMENT, definitions: [...definitions] };
};

const TYPENAME = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: "__typename" } } as const;

const withTypenames = (document: DocumentNode): DocumentNode =>
  visit(document, {
    SelectionSet: (set, _key, parent) => {
      const isRoot = parent && !Array.isArray(parent) && (parent as { kind?: Kind }).kind === Kind.OPERATION_DEFINITION;
      const hasOne = set.selections.some((one) => one.kind === Kind.FIELD && one.name.value.startsWith("__"));
      return isRoot || hasOne ? undefined : { ...set, selections: [...set.selections, TYPENAME] };
    },
  });

/** Content of the file that `npm run trusted-documents` writes: document texts by SHA-256. */
export const trustedDocumentsFile = (fileTexts: readonly string[]): string =>
  `${JSON.stringify(Object.fromEntries(textsOf(fileTexts).map((text) => [hashOf(text), text])), null, 2)}\n`;
