import { DomainError } from "../../lib/errors.ts";
import { isRecord, type Params } from "../params.ts";
import { bareHash, hashOf, readManifests, type TrustedDocuments } from "./document-manifest.ts";

/** The documents that are answered, which may be read anew. */
export interface TrustedList {
  readonly documents: TrustedDocuments;
  /** How many there are then. @throws Error naming what is wrong; those from before then stay. */
  readonly renew: () => Promise<number>;
}

/** @throws Error naming the setting, for files that are none. */
export const trustedList = async (files: string): Promise<TrustedList> => {
  let documents = await readManifests(files);
  return {
    get documents() {
      return documents;
    },
    renew: async () => {
      documents = await readManifests(files);
      return new Set(documents.values()).size;
    },
  };
};

/** Under what clients send the hash of a document in the place of its text: GraphQL over HTTP and urql, Relay's examples, Relay's own. */
const HASH_PARAMS = ["documentId", "id", "doc_id"];

/** The hash by which a request means a document: of the text that it sent, or the one that it sent in place of a text. */
const askedHash = (params: Params): string | undefined => {
  const { query, extensions } = params;
  if (query !== undefined && query !== null && query !== "") return typeof query === "string" ? hashOf(query) : undefined;
  const persisted = isRecord(extensions) ? extensions["persistedQuery"] : undefined;
  const sent = [...HASH_PARAMS.map((name) => params[name]), isRecord(persisted) ? persisted["sha256Hash"] : undefined];
  const hash = sent.find((one) => one !== undefined && one !== null);
  return typeof hash === "string" ? bareHash(hash) : undefined;
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
      "Only trusted documents are answered here, sent as text, as documentId, id or doc_id, or as the hash of a persisted query; this is none of them",
    );
  const rest = Object.fromEntries(Object.entries(params).filter(([name]) => !HASH_PARAMS.includes(name) && name !== "extensions"));
  const { extensions } = params;
  const { persistedQuery: _persisted, ...others } = isRecord(extensions) ? extensions : {};
  return { ...rest, query, ...(Object.keys(others).length > 0 && { extensions: others }) };
};
