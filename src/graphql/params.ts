import type { HTTPGraphQLRequest } from "@apollo/server";
import { GraphQLError } from "graphql";
import { BadUserInput } from "../lib/errors.ts";
import { parseJson } from "../lib/json.ts";

export type Params = Readonly<Record<string, unknown>>;

export const paramsOf = ({ method, body, search }: HTTPGraphQLRequest): Params => {
  if (method !== "GET") return isRecord(body) ? body : { body };
  checkAddress(search);
  return Object.fromEntries([...new URLSearchParams(search)].map(([name, text]) => [name, JSON_PARAMS.has(name) ? parsed(text) : text]));
};

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

/** Apollo would look up any text as a hash. @throws BadUserInput for an invalid hash of a persisted query. */
export const checkPersistedQuery = ({ query, extensions }: Params): void => {
  const persisted = isRecord(extensions) ? extensions["persistedQuery"] : undefined;
  if (typeof query === "string" || !isRecord(persisted)) return;
  const { sha256Hash: hash } = persisted;
  if (typeof hash !== "string")
    throw new BadUserInput("extensions.persistedQuery.sha256Hash", hash, "must be the SHA-256 of the document, in hexadecimal");
};

/** URLSearchParams replaces bytes that are not UTF-8 silently. */
const checkAddress = (search: string): void => {
  try {
    decodeURIComponent(search.replaceAll("+", " "));
  } catch {
    throw new GraphQLError("Bad Request: the URL is not UTF-8 in percent-encoding", {
      extensions: { code: "BAD_REQUEST", http: { status: 400, headers: new Map() } },
    });
  }
};
