import { exportJWK, generateKeyPair } from "jose";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthenticator } from "../../src/access/authenticate.ts";
import { NOW } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { keyPair, type KeyPair, tokenOf } from "./support.ts";

describe("the file of trusted issuers", () => {
  let folder: string;
  let pair: KeyPair;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cchc-issuers-"));
    pair = await keyPair("ES256", "ec");
  });
  afterAll(() => rm(folder, { recursive: true }));

  const write = async (content: unknown, name = "issuers.json"): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
    return file;
  };
  const entry = (over: Readonly<Record<string, unknown>> = {}) => ({
    ...{ issuer: "https://id.danang.example", jwks: { keys: [pair.jwk] }, audience: "cchc", unit: "48", ...over },
  });

  it("is named in the error if it is unreadable, not JSON or not an array", async () => {
    const missing = join(folder, "missing.json");
    await expect(createAuthenticator({ issuers: missing })).rejects.toThrow(`ISSUERS: ${missing}: is not readable (ENOENT)`);
    await expect(createAuthenticator({ issuers: await write("{") })).rejects.toThrow(/^ISSUERS: .*issuers\.json: is not JSON$/);
    await expect(createAuthenticator({ issuers: await write({}) })).rejects.toThrow(
      /^ISSUERS: .*issuers\.json: must be a JSON array of \{ issuer, jwks, audience, unit, maxAge \}$/,
    );
  });

  it.each<[string, () => unknown, RegExp]>([
    ["no object", () => 5, /must be an object of issuer, jwks, audience, unit/],
    ["an unknown field", () => entry({ aud: "x" }), /"aud" is not a field; must be one of issuer, jwks, audience, unit/],
    ["no issuer", () => entry({ issuer: undefined }), /issuer: must be a text of 1 to 500 characters/],
    ["an issuer with #", () => entry({ issuer: "a#b" }), /issuer: must be a text without #/],
    ["no audience", () => entry({ audience: "" }), /audience: must be a text/],
    ["a unit that is a number", () => entry({ unit: 48 }), /unit: must be a text/],
    ...(["2y", "0h", "367d", "1.5h", 24, "", null, "24"] as const).map((maxAge): [string, () => unknown, RegExp] => [
      `the maxAge ${JSON.stringify(maxAge)}`,
      () => entry({ maxAge }),
      /maxAge: must be a number of hours or days, from 1h to 366d, such as 12h/,
    ]),
    ["no jwks", () => entry({ jwks: undefined }), /jwks: must be a path relative to the file, an https URL, or the key set itself/],
    ["a file that is not there", () => entry({ jwks: "nowhere.json" }), /jwks: .*nowhere\.json: is not readable \(ENOENT\)/],
    [
      "http to another machine",
      () => entry({ jwks: "http://id.danang.example/jwks" }),
      /must be an https URL; http only for a loopback address/,
    ],
    ["http to a name that only begins like one", () => entry({ jwks: "http://127.0.0.1.example/jwks" }), /must be an https URL/],
    ["another protocol", () => entry({ jwks: "file:///etc/passwd" }), /must be an https URL/],
    ["a URL with a password", () => entry({ jwks: "https://a:b@id.danang.example/jwks" }), /without a user and a password/],
    ["no keys", () => entry({ jwks: { keys: [] } }), /jwks: must be \{"keys": \[\.\.\.\]\} with at least one key/],
    ["a key without an id", () => entry({ jwks: { keys: [{ ...pair.jwk, kid: undefined }] } }), /jwks: .*key 1: must have a key id/],
    ["two keys of one id", () => entry({ jwks: { keys: [pair.jwk, pair.jwk] } }), /jwks: key 2: key id \(kid\) is not unique/],
    ["a secret", () => entry({ jwks: { keys: [{ kty: "oct", k: "AAAA", kid: "s" }] } }), /key 1: must be a key for RS256 \(RSA\), ES256/],
    ["a key of another algorithm", () => entry({ jwks: { keys: [{ ...pair.jwk, alg: "ES384" }] } }), /key 1: must be a key for RS256/],
    ["a private key", () => entry({ jwks: { keys: [{ ...pair.jwk, d: "AAAA" }] } }), /key 1: is a private key; must be a public key/],
    [
      "an invalid key",
      () => entry({ jwks: { keys: [{ ...pair.jwk, x: "AAAA" }] } }),
      /key 1: is not readable; must be a public key as a JWK/,
    ],
  ])("is refused for %s, with the number of the entry", async (_, wrong, message) => {
    const file = await write([entry(), wrong()]);
    const error = await createAuthenticator({ issuers: file }).catch((reason: unknown) => reason as Error);
    expect((error as Error).message).toMatch(/^ISSUERS: .*issuers\.json: entry 2: /);
    expect((error as Error).message).toMatch(message);
  });

  it("is refused for two entries of one issuer, and for a short RSA key", async () => {
    await expect(createAuthenticator({ issuers: await write([entry(), entry()]) })).rejects.toThrow(/entry 2: issuer .* is listed twice/);
    const { publicKey } = await generateKeyPair("RS256", { modulusLength: 2048, extractable: true });
    const short = { ...(await exportJWK(publicKey)), kid: "short", n: Buffer.alloc(128, 255).toString("base64url") };
    await expect(createAuthenticator({ issuers: await write([entry({ jwks: { keys: [short] } })]) })).rejects.toThrow(
      /key 1: has 1024 bits; must be 2048 or more/,
    );
  });
});

describe("a key set that also serves other applications", () => {
  let database: TestDatabase;
  let folder: string;
  let pair: KeyPair;
  let rsa: KeyPair;
  beforeAll(async () => {
    database = await createDatabase();
    folder = await mkdtemp(join(tmpdir(), "cchc-issuers-"));
    [pair, rsa] = [await keyPair("ES256", "ec"), await keyPair("RS256", "rsa")];
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await database.close();
  });

  const authenticatorOf = async (keys: readonly unknown[], inFile: boolean) => {
    const file = join(folder, "issuers.json");
    await writeFile(join(folder, "keys.json"), JSON.stringify({ keys }));
    const jwks = inFile ? "keys.json" : { keys };
    await writeFile(file, JSON.stringify([{ issuer: "https://id.danang.example", jwks, audience: "cchc", unit: "48" }]));
    return createAuthenticator({ issuers: file });
  };

  /** Made as an issuer makes them, or changed in one member. */
  const FOREIGN: [string, () => object | Promise<object>, RegExp][] = [
    ["for encryption by its algorithm", () => ({ ...rsa.jwk, alg: "RSA-OAEP", kid: "enc" }), /must be a key for RS256/],
    ["for encryption by its use", () => ({ ...rsa.jwk, use: "enc" }), /use is "enc"; must be "sig"/],
    ["for encryption by its use, without an algorithm", () => ({ ...rsa.jwk, alg: undefined, use: "enc" }), /use is "enc"/],
    ["for encryption by its use, under the id of ours", () => ({ ...rsa.jwk, use: "enc", kid: "ec" }), /use is "enc"/],
    ["of an unknown use", () => ({ ...pair.jwk, use: "tls" }), /use is "tls"/],
    ["of an unknown kind", () => ({ kty: "AKP", alg: "ML-DSA-44", pub: "AAAA", kid: "pq" }), /must be a key for RS256/],
    ["without a kind", () => ({ kid: "none" }), /must be a key for RS256/],
    ["that is a shared secret", () => ({ kty: "oct", k: "AAAA" }), /must be a key for RS256/],
    ["of another curve", async () => jwkOf("ES384", {}), /must be a key for RS256/],
    ["of another curve for agreements", async () => jwkOf("ECDH-ES", { crv: "X25519" }), /must be a key for RS256/],
    ["of another hash", async () => jwkOf("RS512", {}), /must be a key for RS256/],
    ["of another padding", async () => jwkOf("PS256", {}), /must be a key for RS256/],
    ["that does not verify", () => ({ ...rsa.jwk, key_ops: ["encrypt", "wrapKey"] }), /key_ops is \["encrypt","wrapKey"\]/],
    ["of operations that are no list", () => ({ ...rsa.jwk, key_ops: "sign" }), /key_ops is "sign"/],
    ["without an id", () => ({ ...rsa.jwk, kid: undefined }), /must have a key id/],
    ["that lacks a part", () => ({ ...rsa.jwk, n: undefined }), /is not readable/],
    ["that is too short", () => ({ ...rsa.jwk, n: Buffer.alloc(128, 255).toString("base64url") }), /has 1024 bits/],
  ];
  const jwkOf = async (alg: string, options: object) =>
    Object.assign(await exportJWK((await generateKeyPair(alg, { extractable: true, ...options })).publicKey), { alg, kid: alg });

  it.each(FOREIGN)("serves beside a key %s", async (_, make) => {
    const foreign = JSON.parse(JSON.stringify(await make())) as object;
    for (const keys of [
      [foreign, pair.jwk],
      [pair.jwk, foreign],
      [foreign, { ...pair.jwk, use: "sig", key_ops: ["verify"], x5t: "AAAA" }, foreign],
    ]) {
      const authenticator = await authenticatorOf(keys, keys.length === 2);
      const ask = async (over: object) => authenticator.authenticate(`Bearer ${await tokenOf({ ...pair, ...over })}`, NOW, database.pools);
      expect(await ask({})).toMatchObject({ name: "anna" });
      await expect(ask({ ...rsa })).rejects.toMatchObject({ extensions: { code: "UNAUTHENTICATED" } });
    }
  });

  it.each(FOREIGN)("stops the start where it has no other key than one %s", async (_, make, reason) => {
    const foreign = JSON.parse(JSON.stringify(await make())) as object;
    const error = await authenticatorOf([foreign, foreign], true).catch((one: unknown) => one as Error);
    expect((error as Error).message).toMatch(/^ISSUERS: .*issuers\.json: entry 1: jwks: none of its keys is usable: key 1: .*; key 2: /);
    expect((error as Error).message).toMatch(reason);
  });
});

describe("an issuer's keys behind a URL", () => {
  let database: TestDatabase;
  let folder: string;
  let server: Server;
  let pair: KeyPair;
  let url: string;
  let published: unknown[] | null = null;
  let fetched = 0;

  beforeAll(async () => {
    database = await createDatabase();
    folder = await mkdtemp(join(tmpdir(), "cchc-issuers-"));
    pair = await keyPair("EdDSA", "ed");
    server = createServer((_request, response) => {
      fetched++;
      response.writeHead(published ? 200 : 503, { "content-type": "application/json" }).end(JSON.stringify({ keys: published ?? [] }));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", () => done()));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  });
  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true });
    await database.close();
  });

  it("are fetched at their first use and cached; a failed download is reported as unavailable keys", async () => {
    const file = join(folder, "issuers.json");
    await writeFile(file, JSON.stringify([{ issuer: "https://id.danang.example", jwks: url, audience: "cchc", unit: "48" }]));
    const authenticator = await createAuthenticator({ issuers: file });
    const ask = async (over: object = {}) =>
      authenticator.authenticate(`Bearer ${await tokenOf({ ...pair, ...over })}`, NOW, database.pools);
    expect(fetched).toBe(0);
    await expect(ask()).rejects.toMatchObject({ extensions: { code: "SERVICE_UNAVAILABLE", retryAfter: 5 } });
    published = [pair.jwk];
    for (let n = 0; n < 5; n++) expect(await ask()).toMatchObject({ name: "anna" });
    expect(fetched).toBe(2);
    // Unknown key ids do not make us ask the issuer each time.
    for (let n = 0; n < 5; n++) await expect(ask({ kid: `other-${n}` })).rejects.toThrow("matches no single key of its issuer");
    expect(fetched).toBe(2);
  });

  it("are refused if two have the same id", async () => {
    const file = join(folder, "others.json");
    await writeFile(file, JSON.stringify([{ issuer: "https://id.danang.example", jwks: url, audience: "cchc", unit: "48" }]));
    published = [pair.jwk, pair.jwk];
    const authenticator = await createAuthenticator({ issuers: file });
    await expect(authenticator.authenticate(`Bearer ${await tokenOf(pair)}`, NOW, database.pools)).rejects.toMatchObject({
      extensions: { code: "UNAUTHENTICATED" },
    });
  });
});
