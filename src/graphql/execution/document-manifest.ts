import { parse } from "graphql";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isRecord } from "../params.ts";

/** Document texts by hash in hexadecimal: always SHA-256, and the hash in their manifest. */
export type TrustedDocuments = ReadonlyMap<string, string>;

const ALGORITHMS: ReadonlyMap<number, "sha256" | "sha1" | "md5"> = new Map([
  [64, "sha256"],
  [40, "sha1"],
  [32, "md5"],
]);

export const hashOf = (text: string, algorithm = "sha256"): string => createHash(algorithm).update(text).digest("hex");

/** Normalises a hash with or without a prefix of its algorithm; undefined if it is not a hash. */
export const bareHash = (id: string): string | undefined => {
  const [, named, hash = ""] = /^(?:(sha256|sha1|md5):)?([0-9a-f]+)$/i.exec(id) ?? [];
  const algorithm = ALGORITHMS.get(hash.length);
  return algorithm && (named === undefined || named.toLowerCase() === algorithm) ? hash.toLowerCase() : undefined;
};

const FORMAT = "apollo-persisted-query-manifest";
const ACCEPTED =
  "must be a file of `npm run trusted-documents`, of codegen's client preset (persistedDocuments), of @apollo/generate-persisted-query-manifest " +
  "or of the Relay compiler (persistConfig.file)";
const IDS = "must be the SHA-256, SHA-1 or MD5 of its text in hexadecimal, also as sha256:…";

type Fail = (reason: string) => never;

export const readManifests = async (files: string): Promise<TrustedDocuments> => {
  const documents = new Map<string, string>();
  for (const file of files.split(",").map((name) => name.trim())) {
    const fail: Fail = (reason) => {
      throw new Error(`TRUSTED_DOCUMENTS: ${file} ${reason}`);
    };
    const entries = entriesOf(await contentOf(file, fail), fail);
    if (entries.length === 0) fail(`has no documents; ${ACCEPTED}`);
    for (const [id, text] of entries) for (const hash of hashesOf(id, text, fail)) documents.set(hash, text as string);
  }
  return documents;
};

const contentOf = async (file: string, fail: Fail): Promise<unknown> => {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => fail(`is not readable (${error.code})`));
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return fail(`is not JSON; ${ACCEPTED}`);
  }
};

const entriesOf = (content: unknown, fail: Fail): (readonly [id: unknown, text: unknown])[] => {
  if (!isRecord(content)) return fail(`is not an object; ${ACCEPTED}`);
  const { format, version, operations } = content;
  if (format === undefined) return Object.entries(content);
  if (format !== FORMAT) return fail(`has the format ${JSON.stringify(format)?.slice(0, 80)}; ${ACCEPTED}`);
  if (version !== 1) return fail(`has the version ${JSON.stringify(version)?.slice(0, 80)} of ${FORMAT}; must be 1`);
  if (!Array.isArray(operations)) return fail("has no list of operations");
  return operations.map((one: unknown) => (isRecord(one) ? [one["id"], one["body"]] : [one, undefined]));
};

const hashesOf = (id: unknown, text: unknown, fail: Fail): string[] => {
  const name = `under ${JSON.stringify(id)?.slice(0, 100)}`;
  const hash = typeof id === "string" ? bareHash(id) : undefined;
  if (typeof text !== "string") return fail(`has an entry ${name} whose value is not a text; ${ACCEPTED}`);
  if (hash === undefined) return fail(`has a document ${name}, which is not a hash; ${IDS}`);
  if (hashOf(text, ALGORITHMS.get(hash.length)) !== hash)
    return fail(`has an entry ${name} whose hash does not match its document; ${IDS}`);
  try {
    parse(text, { noLocation: true });
  } catch (error) {
    return fail(`has a document ${name} that is not valid GraphQL: ${(error as Error).message.slice(0, 200)}`);
  }
  return [hashOf(text), hash];
};
