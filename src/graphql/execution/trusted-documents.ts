import { DomainError } from "../../lib/errors.ts";
import { isRecord, type Params } from "../params.ts";
import { bareHash, hashOf, readManifests, type TrustedDocuments } from "./document-manifest.ts";

export interface TrustedList {
  readonly documents: TrustedDocuments;
  /** Reloads the files and returns their number of documents. @throws Error with the reason; the previous documents then stay. */
  readonly renew: () => Promise<number>;
}

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

/** Parameters for the hash of a document: GraphQL over HTTP and urql, Relay's examples, Relay itself. */
const HASH_PARAMS = ["documentId", "id", "doc_id"];

const askedHash = (params: Params): string | undefined => {
  const { query, extensions } = params;
  if (query !== undefined && query !== null && query !== "") return typeof query === "string" ? hashOf(query) : undefined;
  const persisted = isRecord(extensions) ? extensions["persistedQuery"] : undefined;
  const sent = [...HASH_PARAMS.map((name) => params[name]), isRecord(persisted) ? persisted["sha256Hash"] : undefined];
  const hash = sent.find((one) => one !== undefined && one !== null);
  return typeof hash === "string" ? bareHash(hash) : undefined;
};

/** Returns the parameters with the document's text. @throws DomainError FORBIDDEN for a document that is not in the list. */
export const trustedParams = (documents: TrustedDocuments, params: Params): Params => {
  const hash = askedHash(params);
  const query = hash === undefined ? undefined : documents.get(hash);
  if (query === undefined)
    throw new DomainError(
      "FORBIDDEN",
      "Only trusted documents are answered, sent as text, as documentId, id or doc_id, or as the hash of a persisted query; this document is not trusted",
    );
  const rest = Object.fromEntries(Object.entries(params).filter(([name]) => !HASH_PARAMS.includes(name) && name !== "extensions"));
  const { extensions } = params;
  const { persistedQuery: _persisted, ...others } = isRecord(extensions) ? extensions : {};
  return { ...rest, query, ...(Object.keys(others).length > 0 && { extensions: others }) };
};
