import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthenticator } from "../../src/access/authenticate.ts";
import { secretHash } from "../../src/access/secret.ts";
import type { Role, Viewer } from "../../src/access/viewer.ts";
import { NOW } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { type Ask, asker, issueKey, viewerOf } from "../access/support.ts";

const KEY = "id name madeBy createdAt expiresAt revokedAt formerSecretUntil grants { role unit { id fullName } }";
const CREATE = `mutation ($input: CreateAccessKeyInput!) { createAccessKey(input: $input) { secret accessKey { ${KEY} } } }`;
const ROTATE = `mutation ($id: ID!) { rotateAccessKey(input: { id: $id }) { secret accessKey { ${KEY} } } }`;
const REVOKE = `mutation ($id: ID!) { revokeAccessKey(input: { id: $id }) { accessKey { ${KEY} } } }`;
const LIST = `query ($unit: ID!) { accessKeys(unit: $unit) { ${KEY} } }`;
const UNKNOWN = "0123456789abcdef";
const AT = "2026-11-22T12:00:00.000000+07:00";
const REVOKED = { data: { revokeAccessKey: { accessKey: { revokedAt: AT } } } };

type Granted = Readonly<{ role: Role; unit: { readonly id: string } }>;

interface Issued {
  readonly secret: string;
  readonly accessKey: { readonly id: string; readonly expiresAt: string; readonly createdAt: string; readonly grants: readonly Granted[] };
}

describe("access keys managed by API", () => {
  let database: TestDatabase;
  let ask: Ask;
  let admin: Viewer;
  beforeAll(async () => {
    database = await createDatabase();
    ask = await asker(database);
    admin = await viewerOf(database, ["48", "ADMIN"]);
  });
  afterAll(() => database.close());

  const rows = <T>(text: string, values: unknown[] = []) => database.orm.em.getConnection().execute<T[]>(text, values);
  const entriesOf = (subject: string) =>
    rows<{ operation: string; actor: string; actor_name: string; before: unknown; after: unknown; unit: string | null }>(
      "select a.*, u.key as unit from audit_entry a left join unit u on u.id = a.unit_id where subject = ? order by at, a.id",
      [subject],
    );
  const counts = () => rows("select (select count(*) from access_key) as keys, (select count(*) from audit_entry) as entries");
  const create = async (grants: readonly (readonly [string, Role])[], viewer = admin, expiresOn?: string) =>
    ask<{ createAccessKey: Issued }>(viewer, CREATE, {
      input: { name: "Hệ thống một cửa", grants: grants.map(([unit, role]) => ({ unit, role })), expiresOn },
    });
  const createOn = (...units: readonly string[]) => create(units.map((unit) => [unit, "VIEWER"] as const));
  const created = async (...grants: readonly (readonly [string, Role])[]): Promise<Issued> => (await create(grants)).data!.createAccessKey;
  const authenticated = async (secret: string) =>
    (await createAuthenticator({ issuers: null })).authenticate(`Bearer ${secret}`, NOW, database.pools);
  const isAccepted = (secret: string): Promise<boolean> =>
    authenticated(secret).then(
      () => true,
      () => false,
    );
  const asAdmin = (id: string, operation: string) => ask(admin, operation, { id });
  const expectConflict = async (id: string, message: RegExp) =>
    expect(await asAdmin(id, ROTATE)).toMatchObject({ code: "CONFLICT", message: expect.stringMatching(message) as string });
  const rotatedBy = async (id: string) => (await ask<{ rotateAccessKey: Issued }>(admin, ROTATE, { id })).data!.rotateAccessKey;
  const listed = async (viewer: Viewer, unit: string) =>
    (await ask<{ accessKeys: { id: string }[] }>(viewer, LIST, { unit })).data!.accessKeys.map(({ id }) => id);

  it.each([
    [CREATE, { input: { name: "x", grants: [{ unit: "48", role: "VIEWER" }] } }],
    [ROTATE, { id: UNKNOWN }],
    [REVOKE, { id: UNKNOWN }],
    [LIST, { unit: "48" }],
  ])("are refused to callers without a key and without the role ADMIN: %s", async (operation, variables) => {
    expect(await ask(null, operation, variables)).toMatchObject({ code: "UNAUTHENTICATED", data: null });
    for (const role of ["VIEWER", "OFFICER", "ASSESSOR"] as const)
      expect(await ask(await viewerOf(database, ["48", role]), operation, variables)).toMatchObject({ code: "FORBIDDEN", data: null });
  });

  it("are created with a valid secret, for a year, with one audit entry", async () => {
    const { secret, accessKey: key } = await created(["48", "OFFICER"], ["490.2015", "VIEWER"], ["48", "OFFICER"]);
    expect(await isAccepted(secret)).toBe(true);
    expect(key).toEqual({
      ...{ id: key.id, name: "Hệ thống một cửa", revokedAt: null },
      ...{ createdAt: AT, expiresAt: "2027-11-23T00:00:00.000000+07:00" },
      ...{ madeBy: admin.actor, formerSecretUntil: null },
      grants: [
        { role: "OFFICER", unit: { id: "48.2025", fullName: "Thành phố Đà Nẵng" } },
        { role: "VIEWER", unit: { id: "490.2015", fullName: "Quận Liên Chiểu" } },
      ],
    });
    const grants = key.grants.map(({ role, unit }) => ({ unit: unit.id, role }));
    expect(await entriesOf(key.id)).toMatchObject([
      {
        ...{ operation: "createAccessKey", actor: admin.actor, actor_name: admin.name, unit: "48.2025", before: null },
        after: { id: key.id, name: "Hệ thống một cửa", grants, createdAt: key.createdAt, expiresAt: key.expiresAt, revokedAt: null },
      },
    ]);
  });

  it("are not created if the caller administers only some of their units", async () => {
    const before = await counts();
    for (const unit of ["04", "VN"])
      expect(await createOn("48", unit)).toEqual({
        ...{ data: null, code: "FORBIDDEN", message: `This needs the role ADMIN on the unit "${unit}", or on a unit above it` },
      });
    for (const unit of ["nowhere", "06", "", "48\0"])
      expect(await createOn("48", unit)).toMatchObject({
        code: "BAD_USER_INPUT",
        message: expect.stringMatching(/^unit: .* must be the code of a unit that exists on 2026-11-22, or the id of any unit$/) as string,
      });
    expect(await create([])).toMatchObject({ code: "BAD_USER_INPUT", message: "grants: 0 is not accepted; must be 1 to 100 grants" });
    for (const name of ["", "  ", "a\nb", "x".repeat(201)])
      expect(await ask(admin, CREATE, { input: { name, grants: [{ unit: "48", role: "VIEWER" }] } })).toMatchObject({
        code: "BAD_USER_INPUT",
        message: expect.stringMatching(/^name: /) as string,
      });
    expect(await counts()).toEqual(before);
  });

  it("expire on a day from today to five years from now", async () => {
    const { secret } = await issueKey(database, [{ unit: "48", role: "ADMIN" }], { expiresOn: "2031-11-22" });
    const lasting = (await authenticated(secret))!;
    const expiry = (day: string) => create([["48", "VIEWER"]], lasting, day);
    expect((await expiry("2026-11-22")).data?.createAccessKey.accessKey.expiresAt).toBe("2026-11-23T00:00:00.000000+07:00");
    expect((await expiry("2031-11-22")).data?.createAccessKey.accessKey.expiresAt).toBe("2031-11-23T00:00:00.000000+07:00");
    for (const day of ["2026-11-21", "2031-11-23", "soon", "2027-02-29"])
      expect((await expiry(day)).message).toMatch(new RegExp(`^expiresOn: "${day}" is not accepted; must be a day`));
  });

  it("are neither created nor listed for a unit that contributes only possibly", async () => {
    // A part of ward 00007 went to 00008, another to 00025; all of it to Hà Nội.
    const ward = await viewerOf(database, ["00008", "ADMIN"]);
    expect(await create([["00007.2015", "VIEWER"]], ward)).toMatchObject({ code: "FORBIDDEN" });
    expect(await ask(ward, LIST, { unit: "00007.2015" })).toMatchObject({ code: "FORBIDDEN" });
    const city = await viewerOf(database, ["01", "ADMIN"]);
    expect(await create([["00007.2015", "VIEWER"]], city)).toMatchObject({ code: undefined });
    expect(await listed(city, "00007.2015")).toHaveLength(1);
    // What the ward sees of its own is without that.
    expect(await listed(ward, "00008")).toHaveLength(1);
  });

  it("are unknown to a caller who does not administer all of their units", async () => {
    const own = await issueKey(database, [{ unit: "490.2015", role: "VIEWER" }]);
    const mixed = await issueKey(
      database,
      ["48", "04"].map((unit) => ({ unit, role: "VIEWER" })),
    );
    const other = await issueKey(database, [{ unit: "04", role: "VIEWER" }]);
    const before = await counts();
    for (const operation of [ROTATE, REVOKE]) {
      const unknown = await asAdmin(UNKNOWN, operation);
      expect(unknown).toEqual({ data: null, code: "NOT_FOUND", message: "id: there is no such access key" });
      for (const id of [mixed.accessKey.id, other.accessKey.id, "", "\0", "x".repeat(100_000), own.accessKey.id.toUpperCase()])
        expect(await asAdmin(id, operation)).toEqual(unknown);
    }
    expect(await counts()).toEqual(before);
    const seen = await listed(admin, "48");
    expect(seen).toContain(own.accessKey.id);
    expect(seen).not.toContain(mixed.accessKey.id);
    expect(await ask(admin, LIST, { unit: "04" })).toMatchObject({
      code: "FORBIDDEN",
      message: "This needs the role ADMIN on Tỉnh Cao Bằng (04.2015), or on a unit above it",
    });
    expect(await ask(admin, LIST, { unit: "nowhere" })).toMatchObject({
      code: "BAD_USER_INPUT",
      message: 'unit: "nowhere" is not accepted; must be the code or id of a unit',
    });
    const both = await viewerOf(database, ["48", "ADMIN"], ["04", "ADMIN"]);
    expect((await ask(both, REVOKE, { id: mixed.accessKey.id })).data).toMatchObject({
      revokeAccessKey: { accessKey: { id: mixed.accessKey.id } },
    });
    expect((await entriesOf(mixed.accessKey.id)).map(({ unit }) => unit)).toEqual(["VN", "VN"]);
  });

  it("are read but not changed by the ADMIN of an abolished unit", async () => {
    const ended = await viewerOf(database, ["06.2015", "ADMIN"]);
    const { accessKey: key } = await issueKey(database, [{ unit: "06.2015", role: "OFFICER" }]);
    expect(await listed(ended, "06.2015")).toContain(key.id);
    for (const [operation, variables] of [
      [REVOKE, { id: key.id }],
      [ROTATE, { id: key.id }],
      [CREATE, { input: { name: "x", grants: [{ unit: "06.2015", role: "VIEWER" }] } }],
    ] as const)
      expect(await ask(ended, operation, variables)).toMatchObject({ code: "FORBIDDEN", data: null });
  });

  it("are rotated and revoked, each with one audit entry", async () => {
    const { secret, accessKey: key } = await created(["48", "ADMIN"]);
    const rotated = await rotatedBy(key.id);
    expect([await isAccepted(secret), await isAccepted(rotated.secret)]).toEqual([false, true]);
    expect(rotated.accessKey).toEqual(key);
    expect(await asAdmin(key.id, REVOKE)).toMatchObject(REVOKED);
    expect(await isAccepted(rotated.secret)).toBe(false);
    // A second revocation changes nothing and causes no audit entry.
    expect(await asAdmin(key.id, REVOKE)).toMatchObject(REVOKED);
    await expectConflict(key.id, /^id: this key was revoked at 2026-11-22T12/);
    const entries = await entriesOf(key.id);
    expect(entries.map(({ operation }) => operation)).toEqual(["createAccessKey", "rotateAccessKey", "revokeAccessKey"]);
    expect(entries[2]).toMatchObject({ before: { revokedAt: null }, after: { revokedAt: AT } });
  });

  it("are not rotated once they have expired", async () => {
    const { accessKey: key } = await issueKey(database, [{ unit: "48", role: "VIEWER" }], { now: new Date("2025-11-01T12:00:00+07:00") });
    await expectConflict(key.id, /^id: this key expired at 2026-11-02T00:00/);
  });

  it("have exactly one valid secret after concurrent rotations", async () => {
    const { secret, accessKey: key } = await created(["48", "VIEWER"]);
    const rotated = await Promise.all(Array.from({ length: 6 }, () => rotatedBy(key.id)));
    const secrets = [secret, ...rotated.map((issued) => issued.secret)];
    expect(new Set(secrets).size).toBe(7);
    expect((await Promise.all(secrets.map(isAccepted))).filter(Boolean)).toHaveLength(1);
    expect(await entriesOf(key.id)).toHaveLength(7);
  });

  it("stay unchanged if the audit entry cannot be written", async () => {
    const { secret, accessKey: key } = await created(["48", "VIEWER"]);
    const before = await counts();
    await rows("revoke insert on audit_entry from cchc_service");
    try {
      for (const operation of [ROTATE, REVOKE]) expect(await asAdmin(key.id, operation)).toMatchObject({ data: null });
      expect(await create([["48", "VIEWER"]])).toMatchObject({ data: null });
    } finally {
      await rows("grant insert on audit_entry to cchc_service");
    }
    expect(await isAccepted(secret)).toBe(true);
    expect(await counts()).toEqual(before);
  });

  it("have secrets that no table stores, and hashes that only access_key stores", async () => {
    const { secret, accessKey: key } = await created(["48", "VIEWER"]);
    const rotated = await rotatedBy(key.id);
    await asAdmin(key.id, REVOKE);
    const tables = await rows<{ name: string }>("select quote_ident(tablename) as name from pg_tables where schemaname = 'public'");
    expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(["access_key", "audit_entry"]) as string[]);
    const secrets = [secret, rotated.secret].flatMap((issued) => [issued, issued.slice("cchc_".length)]);
    const texts = [...secrets, secretHash(secret), secretHash(rotated.secret), key.id];
    /** The tables that contain each text, by one pass over each table. */
    const holding = new Map(texts.map((text): [string, string[]] => [text, []]));
    for (const { name } of tables) {
      const found = await rows<{ text: string }>(
        `select distinct s.text from (select t::text as whole from ${name} t offset 0) r
          join unnest(array[${texts.map(() => "?").join(", ")}]) s(text) on strpos(r.whole, s.text) > 0`,
        texts,
      );
      for (const { text } of found) holding.get(text)!.push(name);
    }
    for (const text of [...secrets, secretHash(secret)]) expect(holding.get(text), text).toEqual([]);
    expect(holding.get(secretHash(rotated.secret))).toEqual(["access_key"]);
    expect(holding.get(key.id)).toHaveLength(2);
  });
});
