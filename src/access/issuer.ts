import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { createLocalJWKSet, createRemoteJWKSet, importJWK, type JWK, type JWTVerifyGetKey } from "jose";
import { DAY, durationOf } from "../lib/time/duration.ts";
import { isText } from "../lib/text.ts";

export interface Issuer {
  readonly issuer: string;
  readonly audience: string;
  /** Code or id of the largest unit that the issuer may grant. */
  readonly unit: string;
  /** Maximum age of its tokens in milliseconds, even if they state more. */
  readonly maxAge: number;
  readonly keys: JWTVerifyGetKey;
}

type Entry = Readonly<Record<string, unknown>>;
const FIELDS = ["issuer", "jwks", "audience", "unit", "maxAge"];
const LONGEST = 366 * DAY;
const isObject = (value: unknown): value is Entry => typeof value === "object" && value !== null && !Array.isArray(value);

const reject = (accepted: string): never => {
  throw new Error(accepted);
};

export const readIssuers = async (file: string): Promise<ReadonlyMap<string, Issuer>> => {
  const entries = await readJson(file).catch((error: unknown) => reject(`ISSUERS: ${file}: ${(error as Error).message}`));
  if (!Array.isArray(entries)) throw new Error(`ISSUERS: ${file}: must be a JSON array of { ${FIELDS.join(", ")} }`);
  const issuers = new Map<string, Issuer>();
  for (const [index, entry] of entries.entries()) {
    try {
      const read = await readIssuer(entry, dirname(resolve(file)));
      if (issuers.has(read.issuer)) reject(`issuer ${read.issuer} is listed twice; each issuer must have one entry`);
      issuers.set(read.issuer, read);
    } catch (error) {
      throw new Error(`ISSUERS: ${file}: entry ${index + 1}: ${(error as Error).message}`, { cause: error });
    }
  }
  return issuers;
};

const readJson = async (file: string): Promise<unknown> => {
  const text = await readFile(file, "utf8").catch(({ code }: NodeJS.ErrnoException) => reject(`is not readable (${code})`));
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return reject("is not JSON");
  }
};

const readIssuer = async (entry: unknown, folder: string): Promise<Issuer> => {
  if (!isObject(entry)) return reject(`must be an object of ${FIELDS.join(", ")}`);
  const unknown = Object.keys(entry).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) reject(`${JSON.stringify(unknown)} is not a field; must be one of ${FIELDS.join(", ")}`);
  const text = (field: string): string => {
    const value = entry[field];
    return isText(value, 500) ? value : reject(`${field}: must be a text of 1 to 500 characters`);
  };
  // The actor token:<issuer>#<subject> must separate issuer and subject.
  const issuer = text("issuer").includes("#") ? reject("issuer: must be a text without #") : text("issuer");
  const maxAge = maxAgeOf(entry["maxAge"]);
  return { issuer, audience: text("audience"), unit: text("unit"), maxAge, keys: await keysOf(entry["jwks"], folder) };
};

const maxAgeOf = (given: unknown): number => {
  if (given === undefined) return DAY;
  const age = typeof given === "string" ? durationOf(given, LONGEST) : null;
  return age ?? reject("maxAge: must be a number of hours or days, from 1h to 366d, such as 12h; the default is a day");
};

const keysOf = async (jwks: unknown, folder: string): Promise<JWTVerifyGetKey> => {
  if (isObject(jwks)) return localKeys(jwks);
  if (!isText(jwks, 2000)) return reject("jwks: must be a path relative to the file, an https URL, or the key set itself");
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(jwks)) {
    const file = resolve(folder, jwks);
    return localKeys(await readJson(file).catch((error: unknown) => reject(`jwks: ${file}: ${(error as Error).message}`)));
  }
  const url = URL.canParse(jwks) ? new URL(jwks) : reject("jwks: must be a valid URL");
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback))
    reject("jwks: must be an https URL; http only for a loopback address");
  if (url.username || url.password) reject("jwks: must be a URL without a user and a password");
  return createRemoteJWKSet(url, { timeoutDuration: 3000 });
};

/** Types of keys by algorithm: RS256, ES256, EdDSA. */
const KINDS: Readonly<Record<string, string>> = { "RSA ": "RS256", "EC P-256": "ES256", "OKP Ed25519": "EdDSA" };

/** A local key set is checked at the start, not when the first token arrives. */
const localKeys = async (jwks: unknown): Promise<JWTVerifyGetKey> => {
  const keys = isObject(jwks) && Array.isArray(jwks["keys"]) ? (jwks["keys"] as unknown[]) : [];
  if (keys.length === 0) reject('jwks: must be {"keys": [...]} with at least one key');
  const usable = new Map<string, JWK>();
  const passedOver: string[] = [];
  for (const [index, key] of keys.entries()) {
    const name = `key ${index + 1}`;
    if (!isObject(key)) return reject(`jwks: ${name}: must be an object`);
    const reason = await unusable(key);
    if (reason !== null) {
      // Issuers publish other keys in the same set; RFC 7517 requires that they are ignored.
      passedOver.push(`${name}: ${reason}`);
      continue;
    }
    if ("d" in key) reject(`jwks: ${name}: is a private key; must be a public key`);
    const kid = key["kid"] as string;
    if (usable.has(kid)) reject(`jwks: ${name}: key id (kid) is not unique; each key must have its own`);
    usable.set(kid, key);
  }
  if (usable.size === 0) reject(`jwks: none of its keys is usable: ${passedOver.join("; ")}`);
  return createLocalJWKSet({ keys: [...usable.values()] });
};

const MIN_RSA_BITS = 2048;

/** Returns why a key cannot verify tokens; null if it can. */
const unusable = async (key: JWK): Promise<string | null> => {
  const { kty, crv, alg, use, key_ops: operations } = key;
  const algorithm = KINDS[`${kty} ${crv ?? ""}`];
  if (algorithm === undefined || (alg !== undefined && alg !== algorithm))
    return "must be a key for RS256 (RSA), ES256 (EC P-256) or EdDSA (OKP Ed25519)";
  if (use !== undefined && use !== "sig") return `use is ${JSON.stringify(use)}; must be "sig"`;
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes("verify")))
    return `key_ops is ${JSON.stringify(operations)}; must contain "verify"`;
  if (!isText(key.kid, 500)) return "must have a key id (kid)";
  if ("d" in key) return null;
  const imported = await importJWK(key, algorithm).catch(() => null);
  if (!imported) return "is not readable; must be a public key as a JWK";
  const { modulusLength = MIN_RSA_BITS } = (imported as { algorithm: { modulusLength?: number } }).algorithm;
  return modulusLength < MIN_RSA_BITS ? `has ${modulusLength} bits; must be ${MIN_RSA_BITS} or more` : null;
};
