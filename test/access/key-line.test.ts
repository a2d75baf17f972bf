import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NOW, startService, type TestService } from "../support/client.ts";
import { post } from "../support/post.ts";
import { issueKey, keyPair, type KeyPair, SECONDS, tokenOf } from "./support.ts";

const KEY = "accessKey { id madeBy expiresAt revokedAt formerSecretUntil }";
const CREATE = `mutation ($input: CreateAccessKeyInput!) { createAccessKey(input: $input) { secret ${KEY} } }`;
const ROTATE = `mutation ($id: ID!, $overlap: String) { rotateAccessKey(input: { id: $id, overlap: $overlap }) { secret ${KEY} } }`;
const REVOKE = "mutation ($id: ID!) { revokeAccessKey(input: { id: $id }) { accessKey { id revokedAt } } }";
const LIST = '{ accessKeys(unit: "48") { id madeBy revokedAt expiresAt } }';
const HOUR = 3_600_000;

interface Issued {
  readonly secret: string;
  readonly accessKey: {
    readonly id: string;
    readonly madeBy: string | null;
    readonly expiresAt: string;
    readonly formerSecretUntil: string | null;
  };
}

let service: TestService;
let folder: string;
let pair: KeyPair;
let clock = NOW;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cchc-issuers-"));
  pair = await keyPair("EdDSA", "ed");
  const issuers = join(folder, "issuers.json");
  const entry = { issuer: "https://id.danang.example", jwks: { keys: [pair.jwk] }, audience: "cchc", unit: "48" };
  await writeFile(issuers, JSON.stringify([entry]));
  service = await startService("SEEDED", { issuers, clock: () => clock });
});
afterAll(async () => {
  await service.close();
  await rm(folder, { recursive: true });
});

const at = async <T>(later: number, work: () => Promise<T>): Promise<T> => {
  clock = new Date(NOW.getTime() + later);
  try {
    return await work();
  } finally {
    clock = NOW;
  }
};
const first = (unit = "48", expiresOn = "2027-12-31") => issueKey(service.database, [{ unit, role: "ADMIN" }], { expiresOn });
const ask = (bearer: string, query: string, variables: object = {}) => service.ask<Record<string, never>, object>(query, variables, bearer);
const create = (bearer: string, { unit = "48", role = "ADMIN", expiresOn }: { unit?: string; role?: string; expiresOn?: string } = {}) =>
  ask(bearer, CREATE, { input: { name: "Hệ thống", grants: [{ unit, role }], expiresOn } });
const made = async (bearer: string, input?: { unit?: string; role?: string; expiresOn?: string }): Promise<Issued> => {
  const { data, errors } = await create(bearer, input);
  expect(errors).toBeUndefined();
  return data["createAccessKey"]!;
};
const rotate = async (bearer: string, id: string, overlap?: string): Promise<Issued> =>
  (await ask(bearer, ROTATE, { id, overlap })).data["rotateAccessKey"]!;
const holds = async (bearer: string): Promise<boolean> => {
  const { status } = await post(service.server.url, { query: "{ __typename }" }, { authorization: `Bearer ${bearer}` });
  expect([200, 401]).toContain(status);
  return status === 200;
};
const refusal = async (answer: ReturnType<typeof create>) => {
  const { errors } = await answer;
  return [errors?.[0]?.extensions["code"], errors?.[0]?.message];
};

describe("a key that a key makes", () => {
  it("is not made for longer than its maker", async () => {
    const { secret } = await first("48", "2026-12-31");
    for (const expiresOn of ["2027-01-01", "2031-11-22"])
      expect(await refusal(create(secret, { expiresOn }))).toEqual([
        "BAD_USER_INPUT",
        `expiresOn: "${expiresOn}" is not accepted; must be a day from 2026-11-22 to 2026-12-31, the last of the key or token that creates it`,
      ]);
    expect((await made(secret, { expiresOn: "2026-12-31" })).accessKey.expiresAt).toBe("2027-01-01T00:00:00.000000+07:00");
    expect((await made(secret, { expiresOn: "2026-12-30" })).accessKey.expiresAt).toBe("2026-12-31T00:00:00.000000+07:00");
    // A year unless said would be longer.
    const { accessKey: key, secret: child } = await made(secret);
    expect(key.expiresAt).toBe("2027-01-01T00:00:00.000000+07:00");
    const grandchild = await made(child);
    expect(grandchild.accessKey).toMatchObject({ madeBy: `key:${key.id}`, expiresAt: key.expiresAt });
    await at(40 * 24 * HOUR, async () => {
      for (const one of [secret, child, grandchild.secret]) expect(await holds(one)).toBe(false);
    });
  });

  it("is refused immediately when its maker is revoked, and so are the keys that it created; other keys stay valid", async () => {
    const { secret, accessKey: key } = await first();
    const other = await made((await first()).secret);
    const child = await made(secret);
    const grandchild = await made(child.secret, { role: "OFFICER" });
    const all = [secret, child.secret, grandchild.secret];
    expect(await Promise.all(all.map(holds))).toEqual([true, true, true]);
    // Whoever revokes need not be in the line.
    expect((await ask(other.secret, REVOKE, { id: key.id })).errors).toBeUndefined();
    expect(await Promise.all([...all, other.secret].map(holds))).toEqual([false, false, false, true]);
    const { data } = await ask(other.secret, LIST);
    const listed = (data["accessKeys"] as unknown as { id: string; revokedAt: string | null; madeBy: string | null }[]).filter(({ id }) =>
      [key.id, child.accessKey.id, grandchild.accessKey.id, other.accessKey.id].includes(id),
    );
    expect(listed).toMatchObject([
      { id: grandchild.accessKey.id, madeBy: `key:${child.accessKey.id}`, revokedAt: "2026-11-22T12:00:00.000000+07:00" },
      { id: child.accessKey.id, madeBy: `key:${key.id}`, revokedAt: "2026-11-22T12:00:00.000000+07:00" },
      { id: other.accessKey.id, revokedAt: null },
      { id: key.id, madeBy: null, revokedAt: "2026-11-22T12:00:00.000000+07:00" },
    ]);
    expect((await ask(other.secret, ROTATE, { id: grandchild.accessKey.id })).errors?.[0]).toMatchObject({
      message: expect.stringMatching(/^id: this key was revoked at 2026-11-22T12/) as string,
      extensions: { code: "CONFLICT" },
    });
    // A key in the middle ends its own line only.
    const middle = await made(other.secret);
    const last = await made(middle.secret);
    await ask(other.secret, REVOKE, { id: middle.accessKey.id });
    expect(await Promise.all([middle.secret, last.secret, other.secret].map(holds))).toEqual([false, false, true]);
  });

  it("is refused even where it was made while its maker was being revoked", async () => {
    const { secret, accessKey: key } = await first();
    const keeper = (await first()).secret;
    const [, ...answers] = await Promise.all([ask(keeper, REVOKE, { id: key.id }), ...Array.from({ length: 8 }, () => create(secret))]);
    const secrets = answers.flatMap(({ data }) => (data?.["createAccessKey"] ? [(data["createAccessKey"] as Issued).secret] : []));
    expect(await Promise.all(secrets.map(holds))).toEqual(secrets.map(() => false));
  });

  it("keeps its maker and its expiry when it is rotated, and stays valid when its maker is rotated", async () => {
    const { secret, accessKey: key } = await first("48", "2026-12-31");
    const child = await made(secret);
    const rotated = await rotate(secret, child.accessKey.id);
    expect(rotated.accessKey).toEqual(child.accessKey);
    const renewed = await rotate(rotated.secret, key.id);
    expect(await Promise.all([secret, child.secret, rotated.secret, renewed.secret].map(holds))).toEqual([false, false, true, true]);
    await ask(renewed.secret, REVOKE, { id: key.id });
    expect(await holds(rotated.secret)).toBe(false);
  });
});

describe("a key that a token makes", () => {
  const token = (over: object = {}) => tokenOf(pair, { cchc: [{ unit: "48", role: "ADMIN" }], ...over });

  it("lives at most as long as the token", async () => {
    const bearer = await token();
    const { secret, accessKey: key } = await made(bearer);
    expect(key).toMatchObject({ madeBy: "token:https://id.danang.example#anna", expiresAt: "2026-11-22T12:10:00.000000+07:00" });
    expect((await made(bearer, { expiresOn: "2026-11-22" })).accessKey.expiresAt).toBe(key.expiresAt);
    expect(await refusal(create(bearer, { expiresOn: "2026-11-23" }))).toEqual([
      "BAD_USER_INPUT",
      'expiresOn: "2026-11-23" is not accepted; must be a day from 2026-11-22 to 2026-11-22, the last of the key or token that creates it',
    ]);
    const child = await made(secret);
    expect(child.accessKey.expiresAt).toBe(key.expiresAt);
    expect(await Promise.all([secret, child.secret].map(holds))).toEqual([true, true]);
    await at(600_000, async () => expect(await Promise.all([secret, child.secret].map(holds))).toEqual([false, false]));
  });

  it("is valid for at most a day even if the token claims a hundred years", async () => {
    const { accessKey: key } = await made(await token({ exp: SECONDS + 36_500 * 86_400 }));
    expect(key.expiresAt).toBe("2026-11-23T11:59:00.000000+07:00");
  });
});

describe("a rotation with an overlap", () => {
  it.each(["0h", "8d", "169h", "1", "1h30m", "-1h", "soon", "", "99999999999d"])("of %j is refused", async (overlap) => {
    const { secret, accessKey: key } = await first();
    expect((await ask(secret, ROTATE, { id: key.id, overlap })).errors?.[0]).toMatchObject({
      message: `overlap: ${JSON.stringify(overlap)} is not accepted; must be a number of hours or days, from 1h to 7d, such as 24h`,
      extensions: { code: "BAD_USER_INPUT" },
    });
    expect(await holds(secret)).toBe(true);
  });

  it("accepts both secrets until it ends, and never more than two", async () => {
    const { secret, accessKey: key } = await first();
    const second = await rotate(secret, key.id, "24h");
    expect(second.accessKey.formerSecretUntil).toBe("2026-11-23T12:00:00.000000+07:00");
    const states = () => Promise.all([secret, second.secret].map(holds));
    expect(await states()).toEqual([true, true]);
    await at(24 * HOUR - 1000, async () => expect(await states()).toEqual([true, true]));
    await at(24 * HOUR, async () => expect(await states()).toEqual([false, true]));
    const third = await rotate(second.secret, key.id, "7d");
    expect(await Promise.all([secret, second.secret, third.secret].map(holds))).toEqual([false, true, true]);
    // A secret that leaked is refused at once, also where it is a former one.
    const fourth = await rotate(second.secret, key.id);
    expect(fourth.accessKey.formerSecretUntil).toBeNull();
    expect(await Promise.all([second.secret, third.secret, fourth.secret].map(holds))).toEqual([false, false, true]);
  });

  it("ends with the key", async () => {
    const short = await first("48", "2026-11-22");
    expect((await rotate(short.secret, short.accessKey.id, "7d")).accessKey.formerSecretUntil).toBe("2026-11-23T00:00:00.000000+07:00");
    await at(12 * HOUR, async () => expect(await holds(short.secret)).toBe(false));
    const { secret, accessKey: key } = await first();
    const rotated = await rotate(secret, key.id, "7d");
    await ask(secret, REVOKE, { id: key.id });
    expect(await Promise.all([secret, rotated.secret].map(holds))).toEqual([false, false]);
  });
});

describe("the keys of a unit", () => {
  it("are at most 100 that hold, whoever makes them", async () => {
    const { secret } = await first("04");
    const { accessKey: key } = await made(secret, { unit: "04", role: "VIEWER" });
    while ((await rowsOf("04.2015")) < 99) await first("04");
    const last = await Promise.all(Array.from({ length: 4 }, () => create(secret, { unit: "04", role: "VIEWER" })));
    expect(last.filter(({ errors }) => errors === undefined)).toHaveLength(1);
    const full = "grants: the unit 04.2015 has 100 valid keys, the maximum; revoke one first";
    expect(await refusal(create(secret, { unit: "04" }))).toEqual(["LIMIT_EXCEEDED", full]);
    await expect(first("04")).rejects.toThrow(full);
    // One that ends makes room, and so does one with whose maker it ends.
    await ask(secret, REVOKE, { id: key.id });
    const again = await made(secret, { unit: "04", role: "ADMIN" });
    expect(await refusal(create(secret, { unit: "04" }))).toEqual(["LIMIT_EXCEEDED", full]);
    await ask(secret, REVOKE, { id: again.accessKey.id });
    expect((await create(secret, { unit: "04" })).errors).toBeUndefined();
    // Other units have their own.
    expect((await create((await first()).secret)).errors).toBeUndefined();
  });

  const rowsOf = async (unit: string): Promise<number> => {
    const [row] = await service.database.orm.em
      .getConnection()
      .execute<{ n: number }[]>(
        "select count(*)::int as n from access_grant g join access_key k on k.id = g.access_key_id join unit u on u.id = g.unit_id where u.key = ? and k.revoked_at is null",
        [unit],
      );
    return row!.n;
  };
});
