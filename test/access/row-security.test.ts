import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashOf, newSecret } from "../../src/access/secret.ts";
import { rowScope } from "../../src/access/scope.ts";
import type { Viewer } from "../../src/access/viewer.ts";
import { enterScope, type RowScope } from "../../src/db/reader.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { issueKey, viewerOf } from "./support.ts";

let database: TestDatabase;
let own: Viewer;
let foreign: Viewer;
beforeAll(async () => {
  database = await createDatabase();
  own = await viewerOf(database, ["48", "ADMIN"]);
  foreign = await viewerOf(database, ["01", "ADMIN"]);
});
afterAll(() => database.close());

const NOTHING: RowScope = { reads: "", writes: "" };

/** As a request's transaction runs it in which every check of our own was forgotten. */
const within = <T>(scope: RowScope, work: (em: EntityManager) => Promise<T>): Promise<T> =>
  database.pools.requests.em.fork().transactional(async (em) => {
    await enterScope(em, scope);
    return work(em);
  });

const run = (scope: RowScope, text: string): Promise<unknown[]> =>
  within(scope, async (em) => (await sql.raw(text).execute(em.getKysely())).rows);

const DENIED = { code: "42501" };

describe("a statement of the service in which a check was forgotten", () => {
  const hashes = async () =>
    (await sql`select key, hash, former_hash, revoked_at from access_key order by id`.execute(database.orm.em.fork().getKysely())).rows;

  it("reads no hash of a key's secret, whoever asks", async () => {
    for (const scope of [NOTHING, rowScope(own, "ADMIN")]) {
      for (const text of [
        "select hash from access_key",
        "select former_hash from access_key",
        "select * from access_key",
        "table access_key",
      ])
        await expect(run(scope, text), text).rejects.toMatchObject(DENIED);
      await expect(run(scope, "select from access_key where hash like '0%'")).rejects.toMatchObject(DENIED);
      await expect(run(scope, "select k::text from access_key k")).rejects.toMatchObject(DENIED);
      expect(await run(scope, "select key, name, expires_at from access_key")).not.toEqual([]);
    }
  });

  it("finds a key by the very hash of its secret alone", async () => {
    const { secret, key } = await issueKey(database, [{ unit: "48", role: "VIEWER" }]);
    const found = (hash: string) => run(NOTHING, `select k.key from access_key k where k.id = access_key_of('${hash}', now())`);
    expect(await found(hashOf(secret))).toEqual([{ key: key.id }]);
    for (const hash of [hashOf(newSecret()), hashOf(secret).slice(0, -1), "%"]) expect(await found(hash)).toEqual([]);
  });

  it("changes the secret of no key that the scope does not cover, in whole", async () => {
    const { key } = await issueKey(database, [{ unit: "48", role: "VIEWER" }]);
    const { key: wider } = await issueKey(database, [
      { unit: "48", role: "VIEWER" },
      { unit: "01", role: "VIEWER" },
    ]);
    const before = await hashes();
    const rotate = (id: string) => `select rotate_access_key('${id}', '${hashOf(newSecret())}', null) as done`;
    const reading = rowScope(own);
    for (const scope of [NOTHING, reading, rowScope(foreign, "ADMIN")]) expect(await run(scope, rotate(key.id))).toEqual([{ done: null }]);
    expect(await run(rowScope(own, "ADMIN"), rotate(wider.id))).toEqual([{ done: null }]);
    for (const text of ["update access_key set hash = 'x'", "update access_key set former_hash = 'x', former_until = 'infinity'"])
      await expect(run(rowScope(own, "ADMIN"), text)).rejects.toMatchObject(DENIED);
    expect(await hashes()).toEqual(before);
    expect(await run(rowScope(own, "ADMIN"), rotate(key.id))).toEqual([{ done: true }]);
    expect(await hashes()).not.toEqual(before);
  });

  it("gains nothing by leaving the role, as who logs in as the service can", async ({ skip }) => {
    const text = "select session_user = 'cchc_service' as own";
    skip(JSON.stringify(await run(NOTHING, text)) !== '[{"own":true}]', "requests run in sessions of the owner");
    const { key } = await issueKey(database, [{ unit: "48", role: "VIEWER" }]);
    const rotate = `select rotate_access_key('${key.id}', 'x', null) as done`;
    const left = (statement: string) =>
      within(NOTHING, async (em) => {
        await sql`set local role none`.execute(em.getKysely());
        return (await sql.raw(statement).execute(em.getKysely())).rows;
      });
    expect(await left(rotate)).toEqual([{ done: null }]);
    await expect(left("select hash from access_key")).rejects.toMatchObject(DENIED);
  });

  it("revokes no key that the scope does not cover, and makes none without one", async () => {
    const { key } = await issueKey(database, [{ unit: "48", role: "VIEWER" }]);
    const before = await hashes();
    const revoke = `update access_key set revoked_at = now() where key = '${key.id}' returning key`;
    for (const scope of [NOTHING, rowScope(own), rowScope(foreign, "ADMIN")]) expect(await run(scope, revoke)).toEqual([]);
    const make = "insert into access_key (key, name, hash, created_at, expires_at) values ('a', 'b', 'c', now(), 'infinity')";
    for (const scope of [NOTHING, rowScope(own)]) await expect(run(scope, make)).rejects.toMatchObject(DENIED);
    expect(await hashes()).toEqual(before);
    expect(await run(rowScope(own, "ADMIN"), revoke)).toEqual([{ key: key.id }]);
  });
});
