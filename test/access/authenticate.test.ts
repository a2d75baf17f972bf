import { exportSPKI, SignJWT } from "jose";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthenticator, type Authenticator } from "../../src/access/authenticate.ts";
import { grantsFor } from "../../src/access/viewer.ts";
import { NOW } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { statementsOf } from "../support/statements.ts";
import { claimsOf, grantedUnits, keyPair, type KeyPair, SECONDS, secondsLater, tokenOf } from "./support.ts";

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

  const ask = (authorization: string | undefined, now = NOW) => authenticator.authenticate(authorization, now, database.pools);
  const unitsOf = async (authorization: string, now = NOW) => grantedUnits(database, await ask(authorization, now));
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

  describe("for a token", () => {
    it("accepts RS256, ES256 and EdDSA", async () => {
      for (const pair of [rsa, ec, ed]) {
        const viewer = await ask(`bearer ${await tokenOf(pair)}`);
        expect(viewer).toMatchObject({
          actor: "token:https://id.danang.example#anna",
          name: "anna",
          grants: [{ role: "OFFICER", ended: false }],
        });
      }
    });

    it("sends one statement", async () => {
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

    it("F30: accepts clocks that differ by up to 30 seconds", async () => {
      const grants = [{ role: "OFFICER" }];
      expect(await ask(`Bearer ${await tokenOf(ec, { exp: SECONDS - 29 })}`)).toMatchObject({ grants });
      await refuses(`Bearer ${await tokenOf(ec, { exp: SECONDS - 31 })}`, "The token has expired");
      for (const claim of ["nbf", "iat"]) {
        expect(await ask(`Bearer ${await tokenOf(ec, { [claim]: SECONDS + 29 })}`)).toMatchObject({ grants });
        await refuses(`Bearer ${await tokenOf(ec, { [claim]: SECONDS + 31 })}`, "The token is not yet valid");
      }
    });

    it("refuses a token issued more than a day ago whatever its exp, unless the file of issuers allows a longer age", async () => {
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

    it("takes the time from the given clock", async () => {
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
      await expect(alone.authenticate(`Bearer ${await tokenOf(ec)}`, NOW, database.pools)).rejects.toThrow("issuer is not trusted");
    });

    it.each(["sub", "exp", "iat", "aud", "iss"])("refuses a token without %s", async (claim) => {
      await refuses(`Bearer ${await tokenOf(ec, { [claim]: undefined })}`, `The token lacks the claim ${claim}`);
    });

    it.each<[string, Record<string, unknown>]>([
      ["exp that is text", { exp: "soon" }],
      ["iat that is text", { iat: "now" }],
      ["iat before the first day known", { iat: Date.parse("2015-08-30T23:59:59+07:00") / 1000 }],
      ["iat far off", { iat: -1e15 }],
      ["an empty sub", { sub: "" }],
      ["a sub that is not text", { sub: 5 }],
      ["a sub with a control character", { sub: "a\0b" }],
      ["no cchc", { cchc: undefined }],
      ["no grants", { cchc: [] }],
      ["grants that are no list", { cchc: { unit: "48", role: "OFFICER" } }],
      ["a grant that is null", { cchc: [null] }],
      ["an unknown role", { cchc: [{ unit: "48", role: "BOSS" }] }],
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

    it("refuses a token that names a unit outside its issuer's unit, even among others", async () => {
      const beyond = async (...units: readonly string[]) =>
        ask(`Bearer ${await tokenOf(ec, { cchc: units.map((unit) => ({ unit, role: "VIEWER" })) })}`);
      for (const unit of ["VN", "01", "04", "04.2015"])
        await expect(beyond("48", unit)).rejects.toMatchObject({
          message: `The token's issuer names a unit outside its own: "${unit}"`,
          extensions: { code: "UNAUTHENTICATED" },
        });
      await expect(beyond("48", "nowhere")).rejects.toThrow('The token names the unit "nowhere", which did not exist on 2026-11-22');
    });

    it("resolves codes as of the day of iat in Asia/Ho_Chi_Minh", async () => {
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

    it("accepts the id of an abolished unit within the issuer's unit", async () => {
      const token = await tokenOf(ec, { iss: "https://id.thainguyen.example", cchc: [{ unit: "01843.2015", role: "ADMIN" }] });
      expect(await unitsOf(`Bearer ${token}`)).toEqual([{ unit: "01843.2015", role: "ADMIN", asOf: "2025-06-30", ended: true }]);
      expect(grantsFor(await ask(`Bearer ${token}`), "OFFICER")).toEqual([]);
      expect(grantsFor(await ask(`Bearer ${token}`), "VIEWER")).toHaveLength(1);
    });
  });
});
