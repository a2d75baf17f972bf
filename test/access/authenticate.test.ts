import { exportSPKI, SignJWT } from "jose";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthenticator, type Authenticator } from "../../src/access/authenticate.ts";
import { revokeAccessKey, rotateAccessKey } from "../../src/administration/access-key.service.ts";
import { secretHash, newSecret } from "../../src/access/secret.ts";
import { grantsFor } from "../../src/access/viewer.ts";
import { Reader } from "../../src/database/reader.ts";
import { NOW } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { statementsOf } from "../support/statements.ts";
import { claimsOf, COMMAND, issueKey, keyPair, type KeyPair, SECONDS, secondsLater, tokenOf } from "./support.ts";

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("the authenticator", () => {
  let database: TestDatabase;
  let folder: string;
  let authenticator: Authenticator;
  let rsa: KeyPair;
  let ec: KeyPair;
  let ed: KeyPair;
  let stranger: KeyPair;

  beforeAll(async () => {
    database = await createDatabase();
    folder = await mkdtemp(join(tmpdir(), "cchc-issuers-"));
    [rsa, ec, ed, stranger] = await Promise.all([
      keyPair("RS256", "rsa"),
      keyPair("ES256", "ec"),
      keyPair("EdDSA", "ed"),
      keyPair("ES256", "ec"),
    ]);
    const jwks = { keys: [rsa.jwk, ec.jwk, ed.jwk] };
    await writeFile(join(folder, "keys.json"), JSON.stringify(jwks));
    const issuers = [
      { issuer: "https://id.danang.example", jwks: "keys.json", audience: "cchc", unit: "48" },
      { issuer: "https://id.country.example", jwks, audience: "cchc", unit: "VN" },
      { issuer: "https://id.backan.example", jwks, audience: "cchc", unit: "06" },
      { issuer: "https://id.thainguyen.example", jwks, audience: "cchc", unit: "19" },
      { issuer: "https://id.slow.example", jwks, audience: "cchc", unit: "48", maxAge: "30d" },
    ];
    await writeFile(join(folder, "issuers.json"), JSON.stringify(issuers));
    authenticator = await createAuthenticator({ issuers: join(folder, "issuers.json") });
  });
  afterAll(async () => {
    await database.close();
    await rm(folder, { recursive: true });
  });

  const ask = (authorization: string | undefined, now = NOW) => authenticator.authenticate(authorization, now, new Reader(database.pools));
  const unitsOf = async (authorization: string, now = NOW) => {
    const numbers = (await ask(authorization, now))!.grants;
    const rows = await database.orm.em.getConnection().execute<{ id: number; key: string }[]>("select id, key from unit");
    return numbers.map(({ unitNo, role, asOf, ended }) => ({ unit: rows.find(({ id }) => id === unitNo)!.key, role, asOf, ended }));
  };
  /** Refused with this message, without a statement, and without a word of the credential. */
  const refuses = async (authorization: string, message: string | RegExp, now = NOW) => {
    const statements = await statementsOf(async () => {
      const error = await ask(authorization, now).then(
        () => null,
        (reason: unknown) => reason as Error & { extensions: object },
      );
      expect(error?.message).toMatch(message);
      expect(error?.extensions).toEqual({ code: "UNAUTHENTICATED" });
      for (const part of authorization.split(/[ .]/).filter(({ length }) => length > 20)) expect(error?.message).not.toContain(part);
    });
    expect(statements).toEqual([]);
  };

  it("returns no viewer without a header", async () => {
    expect(await statementsOf(async () => expect(await ask(undefined)).toBeNull())).toEqual([]);
  });

  it.each([
    "",
    "Bearer",
    "Bearer ",
    "Basic YW5uYTpzZWNyZXQ=",
    "Bearer a b",
    "Bearer cchc_short",
    `cchc_${"a".repeat(43)}`,
    "Bearer \0",
    "Bearer a,b",
  ])("refuses the header %j", (header) => refuses(header, /^Authorization is malformed; must be Bearer/));

  describe("by token", () => {
    it("takes RS256, ES256 and EdDSA", async () => {
      for (const pair of [rsa, ec, ed]) {
        const viewer = await ask(`bearer ${await tokenOf(pair)}`);
        expect(viewer).toMatchObject({
          actor: "token:https://id.danang.example#anna",
          name: "anna",
          grants: [{ role: "OFFICER", ended: false }],
        });
      }
    });

    it("costs one statement", async () => {
      const token = await tokenOf(ec);
      await ask(`Bearer ${token}`);
      expect(await statementsOf(() => ask(`Bearer ${token}`))).toHaveLength(1);
    });

    it("refuses alg none", async () => {
      const [header, payload] = [base64({ alg: "none", kid: "ec" }), base64(claimsOf())];
      for (const signature of ["", "AAAA"])
        await refuses(`Bearer ${header}.${payload}.${signature}`, /^The token is signed by an algorithm that is not accepted/);
    });

    it("refuses HS256 with the public key for a secret", async () => {
      const secret = new TextEncoder().encode(await exportSPKI(rsa.publicKey));
      const token = await new SignJWT(claimsOf()).setProtectedHeader({ alg: "HS256", kid: "rsa" }).sign(secret);
      await refuses(`Bearer ${token}`, /algorithm that is not accepted; must be RS256, ES256 or EdDSA/);
    });

    it("refuses a signature by another key, and one over other claims", async () => {
      await refuses(`Bearer ${await tokenOf(stranger)}`, "The token's signature is not valid");
      const [header, , signature] = (await tokenOf(ec)).split(".");
      await refuses(
        `Bearer ${header}.${base64(claimsOf({ cchc: [{ unit: "48", role: "ADMIN" }] }))}.${signature}`,
        "The token's signature is not valid",
      );
      await refuses(`Bearer ${(await tokenOf(ec)).split(".").slice(0, 2).join(".")}.`, "The token's signature is not valid");
    });

    it("refuses a missing and an unknown key id, and one of another algorithm", async () => {
      const without = await new SignJWT(claimsOf()).setProtectedHeader({ alg: "ES256" }).sign(ec.privateKey);
      await refuses(`Bearer ${without}`, "The token's header has no key id (kid)");
      await refuses(`Bearer ${await tokenOf({ ...ec, kid: "other" })}`, "The token's key id (kid) matches no single key of its issuer");
      await refuses(`Bearer ${await tokenOf({ ...ec, kid: "rsa" })}`, "The token's key id (kid) matches no single key of its issuer");
    });

    it("F30: lets clocks differ by 30 seconds", async () => {
      const grants = [{ role: "OFFICER" }];
      expect(await ask(`Bearer ${await tokenOf(ec, { exp: SECONDS - 29 })}`)).toMatchObject({ grants });
      await refuses(`Bearer ${await tokenOf(ec, { exp: SECONDS - 31 })}`, "The token has expired");
      for (const claim of ["nbf", "iat"]) {
        expect(await ask(`Bearer ${await tokenOf(ec, { [claim]: SECONDS + 29 })}`)).toMatchObject({ grants });
        await refuses(`Bearer ${await tokenOf(ec, { [claim]: SECONDS + 31 })}`, "The token is not yet valid");
      }
    });

    it("refuses one that was issued more than a day ago, however far its exp lies, unless its issuer is given longer", async () => {
      const old = "The token exceeds its issuer's maximum age; request a new one from the issuer";
      const DAYS = 86_400;
      const issued = async (ago: number, iss = "https://id.danang.example") =>
        `Bearer ${await tokenOf(ec, { iss, iat: SECONDS - ago, exp: SECONDS + 36_500 * DAYS })}`;
      await refuses(await issued(3650 * DAYS), old);
      await refuses(await issued(DAYS + 31), old);
      // The clocks may differ by half a minute; what it makes ends a day after it was issued all the same.
      expect(await ask(await issued(DAYS + 29))).toMatchObject({ credential: { until: secondsLater(-29) } });
      expect(await ask(await issued(60))).toMatchObject({ credential: { until: secondsLater(DAYS - 60) } });
      await refuses(await issued(30 * DAYS + 31, "https://id.slow.example"), old);
      expect(await ask(await issued(30 * DAYS, "https://id.slow.example"))).toMatchObject({ credential: { until: NOW } });
      // One that ends earlier by itself ends then.
      expect(await ask(`Bearer ${await tokenOf(ec)}`)).toMatchObject({ credential: { until: secondsLater(600) } });
    });

    it("uses the given clock", async () => {
      const token = `Bearer ${await tokenOf(ec)}`;
      await refuses(token, "The token has expired", secondsLater(631));
      await refuses(token, "The token is not yet valid", secondsLater(-91));
    });

    it("refuses another audience and another issuer", async () => {
      await refuses(`Bearer ${await tokenOf(ec, { aud: "other" })}`, "The token is for another audience");
      await refuses(`Bearer ${await tokenOf(ec, { iss: "https://id.example" })}`, "The token's issuer is not trusted");
      await refuses(`Bearer ${await tokenOf(ec, { iss: ["https://id.danang.example"] })}`, "The token's issuer is not trusted");
      expect(await ask(`Bearer ${await tokenOf(ec, { aud: ["other", "cchc"] })}`)).toMatchObject({ name: "anna" });
    });

    it("trusts no token if no issuers are configured", async () => {
      const alone = await createAuthenticator({ issuers: null });
      await expect(alone.authenticate(`Bearer ${await tokenOf(ec)}`, NOW, new Reader(database.pools))).rejects.toThrow(
        "issuer is not trusted",
      );
    });

    it.each(["sub", "exp", "iat", "aud", "iss"])("refuses one that lacks %s", async (claim) => {
      await refuses(`Bearer ${await tokenOf(ec, { [claim]: undefined })}`, `The token lacks the claim ${claim}`);
    });

    it.each<[string, Record<string, unknown>]>([
      ["exp that is text", { exp: "soon" }],
      ["iat that is text", { iat: "now" }],
      ["iat before the first day known", { iat: Date.parse("2015-08-30T23:59:59+07:00") / 1000 }],
      ["iat far off", { iat: -1e15 }],
      ["an empty sub", { sub: "" }],
      ["a sub that is no text", { sub: 5 }],
      ["a sub with a control character", { sub: "a\0b" }],
      ["no cchc", { cchc: undefined }],
      ["no grants", { cchc: [] }],
      ["grants that are no list", { cchc: { unit: "48", role: "OFFICER" } }],
      ["a grant that is null", { cchc: [null] }],
      ["a role that there is not", { cchc: [{ unit: "48", role: "BOSS" }] }],
      ["a role of the prototype", { cchc: [{ unit: "48", role: "constructor" }] }],
      ["a unit that is a number", { cchc: [{ unit: 48, role: "OFFICER" }] }],
      ["a unit with NUL", { cchc: [{ unit: "48\0", role: "OFFICER" }] }],
      ["101 grants", { cchc: Array.from({ length: 101 }, () => ({ unit: "48", role: "OFFICER" })) }],
    ])("refuses %s as malformed", async (_, over) => {
      await refuses(`Bearer ${await tokenOf(ec, over)}`, /^The token is malformed: (exp|iat|sub|cchc) /);
    });

    it.each([
      "a.b.c",
      "....",
      ".",
      `${base64({ alg: "ES256", kid: "ec" })}.AAAA.AAAA`,
      `${base64([])}.${base64([])}.x`,
      `${base64({ alg: "ES256" })}.x`,
    ])("refuses %s as malformed", (token) => refuses(`Bearer ${token}`, /malformed/));

    it("refuses an issuer that names a unit outside its own, even among others", async () => {
      const beyond = async (unit: string) =>
        ask(
          `Bearer ${await tokenOf(ec, {
            cchc: [
              { unit: "48", role: "VIEWER" },
              { unit, role: "VIEWER" },
            ],
          })}`,
        );
      for (const unit of ["VN", "01", "04", "04.2015"])
        await expect(beyond(unit)).rejects.toMatchObject({
          message: `The token's issuer names a unit outside its own: "${unit}"`,
          extensions: { code: "UNAUTHENTICATED" },
        });
      await expect(beyond("nowhere")).rejects.toThrow('The token names the unit "nowhere", which did not exist on 2026-11-22');
    });

    it("takes codes for those of the day of iat in Asia/Ho_Chi_Minh", async () => {
      const now = new Date("2025-07-01T12:00:00+07:00");
      const at = async (iat: string, iss = "https://id.country.example") =>
        unitsOf(`Bearer ${await tokenOf(ec, { iss, iat: Date.parse(iat) / 1000, cchc: [{ unit: "01843", role: "OFFICER" }] })}`, now);
      const old = { unit: "01843.2015", role: "OFFICER", asOf: "2025-06-30", ended: true };
      const present = { unit: "01843.2025", role: "OFFICER", asOf: "2025-07-01", ended: false };
      expect(await at("2025-06-30T16:59:59Z")).toEqual([old]);
      expect(await at("2025-06-30T17:00:00Z")).toEqual([present]);
      // The issuer's own code is one of that day, too: 06 was Bắc Kạn's until then.
      expect(await at("2025-06-30T12:00:00+07:00", "https://id.backan.example")).toEqual([old]);
      await expect(at("2025-07-01T12:00:00+07:00", "https://id.backan.example")).rejects.toThrow(
        "The token's issuer has no unit that existed on 2025-07-01",
      );
      // And what it may speak for is that unit as it stands: Thái Nguyên of that day had no part of Bắc Kạn.
      await expect(at("2025-06-30T12:00:00+07:00", "https://id.thainguyen.example")).rejects.toThrow("names a unit outside its own");
      expect(await at("2025-07-01T12:00:00+07:00", "https://id.thainguyen.example")).toEqual([present]);
    });

    it("takes an id whatever the day, where it is within the issuer's unit", async () => {
      const token = await tokenOf(ec, { iss: "https://id.thainguyen.example", cchc: [{ unit: "01843.2015", role: "ADMIN" }] });
      expect(await unitsOf(`Bearer ${token}`)).toEqual([{ unit: "01843.2015", role: "ADMIN", asOf: "2025-06-30", ended: true }]);
      expect(grantsFor(await ask(`Bearer ${token}`), "OFFICER")).toEqual([]);
      expect(grantsFor(await ask(`Bearer ${token}`), "VIEWER")).toHaveLength(1);
    });
  });

  describe("by key", () => {
    const NO_KEY = "This API key is not valid: unknown, revoked or expired";
    const refusesKey = (secret: string, now = NOW) =>
      expect(ask(`Bearer ${secret}`, now)).rejects.toMatchObject({ message: NO_KEY, extensions: { code: "UNAUTHENTICATED" } });

    it("is the key with its grants, for one statement", async () => {
      const { accessKey: key, secret } = await issueKey(database, [
        { unit: "48", role: "OFFICER" },
        { unit: "06.2015", role: "ADMIN" },
      ]);
      expect(secret).toMatch(/^cchc_[\w-]{43}$/);
      expect(await ask(`Bearer ${secret}`)).toMatchObject({ actor: `key:${key.id}`, name: "Cổng dịch vụ công" });
      expect((await unitsOf(`Bearer ${secret}`)).toSorted((a, b) => (a.unit < b.unit ? -1 : 1))).toEqual([
        { unit: "06.2015", role: "ADMIN", asOf: "2025-06-30", ended: true },
        { unit: expect.stringMatching(/^48\./) as string, role: "OFFICER", asOf: "2026-11-22", ended: false },
      ]);
      expect(await statementsOf(() => ask(`Bearer ${secret}`))).toHaveLength(1);
    });

    it("computes the coverage of grants that nobody has used before", async () => {
      const { secret } = await issueKey(database, [{ unit: "048.2015", role: "VIEWER" }]);
      await database.orm.em.getConnection().execute("update edition set contributed = false where starts_on > '2020-01-01'");
      await database.orm.em
        .getConnection()
        .execute("delete from contribution c using edition e where e.id = c.edition_id and not e.contributed");
      const viewer = await ask(`Bearer ${secret}`);
      const rows = await database.orm.em
        .getConnection()
        .execute<{ n: number }[]>("select count(*)::int as n from contribution where edition_id = ? and target_id = ?", [
          viewer!.grants[0]!.editionId,
          viewer!.grants[0]!.unitNo,
        ]);
      expect(rows[0]!.n).toBeGreaterThan(10);
    });

    it("refuses unknown, revoked and expired ones by one message", async () => {
      await refusesKey(newSecret());
      const { accessKey: key, secret } = await issueKey(database, [{ unit: "48", role: "OFFICER" }]);
      await refusesKey(`cchc_${secretHash(secret).slice(0, 43)}`);
      await ask(`Bearer ${secret}`);
      await database.orm.em.fork().transactional((em) => revokeAccessKey(em, COMMAND, key.id, NOW));
      await refusesKey(secret);
    });

    it("takes the last day of a key to its end, and no instant more", async () => {
      const { secret } = await issueKey(database, [{ unit: "48", role: "OFFICER" }], { expiresOn: "2027-12-31" });
      expect(await ask(`Bearer ${secret}`, new Date("2027-12-31T23:59:59.999+07:00"))).not.toBeNull();
      await refusesKey(secret, new Date("2028-01-01T00:00:00+07:00"));
    });

    it("refuses the old secret immediately after a rotation", async () => {
      const { accessKey: key, secret } = await issueKey(database, [{ unit: "48", role: "OFFICER" }]);
      const rotated = await database.orm.em.fork().transactional((em) => rotateAccessKey(em, COMMAND, { id: key.id }, NOW));
      expect(rotated.accessKey.id).toBe(key.id);
      await refusesKey(secret);
      expect(await ask(`Bearer ${rotated.secret}`)).toMatchObject({ actor: `key:${key.id}` });
    });
  });
});
