import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type DocumentNode, Kind, parse, print, visit } from "graphql";
import { DomainError } from "../../errors.ts";
import { isRecord, type Params } from "../http/params.ts";

/** Texts of documents by the SHA-256 of each, in hexadecimal. */
export type TrustedDocuments = ReadonlyMap<string, string>;

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/**
 * The texts in which clients send a document that is kept in a file: as the file has it; as graphql-js prints it, which is how the typed
 * documents are sent; and printed with `__typename` in every selection below the operation's own, as clients with a cache send them.
 */
export const textsOf = (fileText: string): readonly string[] => {
  const document = parse(fileText);
  return [...new Set([fileText, fileText.trim(), print(document), print(withTypenames(document))])];
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

/** The file that `npm run trusted-documents` writes: an object of document texts by their SHA-256. */
export const trustedDocumentsFile = (fileTexts: readonly string[]): string => {
  const entries = fileTexts.flatMap(textsOf).map((text) => [hashOf(text), text] as const);
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
};

/** @throws Error naming the setting, where the file is none of `npm run trusted-documents`. */
export const readTrustedDocuments = async (file: string): Promise<TrustedDocuments> => {
  const fail = (reason: string): never => {
    throw new Error(`TRUSTED_DOCUMENTS: ${file} ${reason}; \`npm run trusted-documents\` writes one`);
  };
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => fail(`cannot be read (${error.code})`));
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return fail("is not JSON");
  }
  if (!isRecord(content)) return fail("is no object of documents by their hashes");
  const entries = Object.entries(content);
  const wrong = entries.find(([hash, document]) => typeof document !== "string" || hashOf(document) !== hash);
  if (wrong) return fail(`has under ${wrong[0].slice(0, 80)} what is not the document of that hash`);
  return new Map(entries as [string, string][]);
};

/** The hash by which a request means a document: of the text that it sent, or the one that it sent in place of a text. */
const askedHash = ({ query, documentId, extensions }: Params): string | undefined => {
  if (query !== undefined && query !== null) return typeof query === "string" ? hashOf(query) : undefined;
  if (typeof documentId === "string") return /^(?:sha256:)?([0-9a-f]{64})$/i.exec(documentId)?.[1]?.toLowerCase();
  const persisted = isRecord(extensions) ? extensions["persistedQuery"] : undefined;
  const hash = isRecord(persisted) ? persisted["sha256Hash"] : undefined;
  return typeof hash === "string" ? hash.toLowerCase() : undefined;
};

/**
 * What is asked, with the document as its text. @throws DomainError FORBIDDEN for a document that is not in the list.
 */
export const trustedParams = (documents: TrustedDocuments, params: Params): Params => {
  const hash = askedHash(params);
  const query = hash === undefined ? undefined : documents.get(hash);
  if (query === undefined)
    throw new DomainError(
      "FORBIDDEN",
      "Only trusted documents are answered here, sent as text, as documentId or as the hash of a persisted query; this is none of them",
    );
  const { documentId: _id, extensions, ...rest } = params;
  const { persistedQuery: _persisted, ...others } = isRecord(extensions) ? extensions : {};
  return { ...rest, query, ...(Object.keys(others).length > 0 && { extensions: others }) };
};
