import type { HTTPGraphQLRequest } from "@apollo/server";
import { GraphQLError } from "graphql";
import { BadUserInput } from "../lib/errors.ts";
import { parseJson } from "../lib/json.ts";

/** What GraphQL over HTTP asks with: query, variables, operationName, extensions; or what was sent in their place. */
export type Params = Readonly<Record<string, unknown>>;

/** As they stand in the body, or in the address; what cannot be understood is left for Apollo to refuse. */
export const paramsOf = ({ method, body, search }: HTTPGraphQLRequest): Params => {
  if (method !== "GET") return isRecord(body) ? body : { body };
  checkAddress(search);
  return Object.fromEntries([...new URLSearchParams(search)].map(([name, text]) => [name, JSON_PARAMS.has(name) ? parsed(text) : text]));
};

/** The request that asks this instead. */
export const withParams = (request: HTTPGraphQLRequest, params: Params): HTTPGraphQLRequest => {
  if (request.method !== "GET") return { ...request, body: params };
  const given = Object.entries(params).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams();
  for (const [name, value] of given) search.set(name, typeof value === "string" ? value : JSON.stringify(value));
  return { ...request, search: `?${search.toString()}` };
};

const JSON_PARAMS = new Set(["variables", "extensions"]);

export const isRecord = (value: unknown): value is Params => typeof value === "object" && value !== null && !Array.isArray(value);

const parsed = (text: string): unknown => {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
};

/**
 * Apollo takes whatever is sent as a hash for a text, and looks for it where no document came along.
 * @throws BadUserInput for what cannot be the hash of a persisted query.
 */
export const checkPersistedQuery = ({ query, extensions }: Params): void => {
  const persisted = isRecord(extensions) ? extensions["persistedQuery"] : undefined;
  if (typeof query === "string" || !isRecord(persisted)) return;
  const { sha256Hash: hash } = persisted;
  if (typeof hash !== "string")
    throw new BadUserInput("extensions.persistedQuery.sha256Hash", hash, "must be the SHA-256 of the document, in hexadecimal");
};

/** URLSearchParams puts a replacement character where the bytes are not UTF-8. */
const checkAddress = (search: string): void => {
  try {
    decodeURIComponent(search.replaceAll("+", " "));
  } catch {
    throw new GraphQLError("Bad Request: the address is not UTF-8 in percent-encoding", {
      extensions: { code: "BAD_REQUEST", http: { status: 400, headers: new Map() } },
    });
  }
};
