import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { secretHash, newSecret } from "../../src/access/secret.ts";
import { rowScope } from "../../src/access/scope.ts";
import type { Viewer } from "../../src/access/viewer.ts";
import { Reader } from "../../src/database/reader.ts";
import { enterScope, PUBLIC_SCOPE, type RowScope } from "../../src/database/row-scope.ts";
import { recordsOf } from "../../src/counters/records.service.ts";
import { DOSSIER_RECORDS } from "../../src/dossiers/dossier-records.ts";
import { startService, type TestService } from "../support/client.ts";
import type { TestDatabase } from "../support/database.ts";
import { dossier, fillCatalogue, IMPORT } from "../support/dossiers.ts";
import { issueKey as issueAccessKey } from "../support/key.ts";
import { issueKey, viewerOf } from "./support.ts";
import { SUBMIT } from "../support/reports.ts";

let service: TestService;
let database: TestDatabase;
let own: Viewer;
let foreign: Viewer;
beforeAll(async () => {
  service = await startService();
  ({ database } = service);
  own = await viewerOf(database, ["48", "ADMIN"]);
  foreign = await viewerOf(database, ["01", "ADMIN"]);
});
afterAll(() => service.close());

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

describe("row-level security, for a statement without a check of access", () => {
  const hashes = async () =>
    (await sql`select key, hash, former_hash, revoked_at from access_key order by id`.execute(database.orm.em.fork().getKysely())).rows;

  it("hides the hashes of secrets from every viewer", async () => {
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

  it("finds a key only by the hash of its secret", async () => {
    const { secret, accessKey: key } = await issueKey(database, [{ unit: "48", role: "VIEWER" }]);
    const found = (hash: string) => run(NOTHING, `select k.key from access_key k where k.id = access_key_of('${hash}', now())`);
    expect(await found(secretHash(secret))).toEqual([{ key: key.id }]);
    for (const hash of [secretHash(newSecret()), secretHash(secret).slice(0, -1), "%"]) expect(await found(hash)).toEqual([]);
  });

  it("changes the secret of a key only if the scope covers all of its grants", async () => {
    const { accessKey: key } = await issueKey(database, [{ unit: "48", role: "VIEWER" }]);
    const { accessKey: wider } = await issueKey(database, [
      { unit: "48", role: "VIEWER" },
      { unit: "01", role: "VIEWER" },
    ]);
    const before = await hashes();
    const rotate = (id: string) => `select rotate_access_key('${id}', '${secretHash(newSecret())}', null) as done`;
    const reading = rowScope(own);
    for (const scope of [NOTHING, reading, rowScope(foreign, "ADMIN")]) expect(await run(scope, rotate(key.id))).toEqual([{ done: null }]);
    expect(await run(rowScope(own, "ADMIN"), rotate(wider.id))).toEqual([{ done: null }]);
    for (const text of ["update access_key set hash = 'x'", "update access_key set former_hash = 'x', former_until = 'infinity'"])
      await expect(run(rowScope(own, "ADMIN"), text)).rejects.toMatchObject(DENIED);
    expect(await hashes()).toEqual(before);
    expect(await run(rowScope(own, "ADMIN"), rotate(key.id))).toEqual([{ done: true }]);
    expect(await hashes()).not.toEqual(before);
  });

  it("gives no access to a login that leaves the role", async ({ skip }) => {
    const text = "select session_user = 'cchc_service' as own";
    skip(JSON.stringify(await run(NOTHING, text)) !== '[{"own":true}]', "requests run in sessions of the owner");
    const { accessKey: key } = await issueKey(database, [{ unit: "48", role: "VIEWER" }]);
    const rotate = `select rotate_access_key('${key.id}', 'x', null) as done`;
    const left = (statement: string) =>
      within(NOTHING, async (em) => {
        await sql`set local role none`.execute(em.getKysely());
        return (await sql.raw(statement).execute(em.getKysely())).rows;
      });
    expect(await left(rotate)).toEqual([{ done: null }]);
    await expect(left("select hash from access_key")).rejects.toMatchObject(DENIED);
  });

  it("revokes only keys that the scope covers, and creates none without a scope", async () => {
    const { accessKey: key } = await issueKey(database, [{ unit: "48", role: "VIEWER" }]);
    const before = await hashes();
    const revoke = `update access_key set revoked_at = now() where key = '${key.id}' returning key`;
    for (const scope of [NOTHING, rowScope(own), rowScope(foreign, "ADMIN")]) expect(await run(scope, revoke)).toEqual([]);
    const make = "insert into access_key (key, name, hash, created_at, expires_at) values ('a', 'b', 'c', now(), 'infinity')";
    for (const scope of [NOTHING, rowScope(own)]) await expect(run(scope, make)).rejects.toMatchObject(DENIED);
    expect(await hashes()).toEqual(before);
    expect(await run(rowScope(own, "ADMIN"), revoke)).toEqual([{ key: key.id }]);
  });

  it("shows a stored set with drafts only within a scope that covers all of its drafts, and other sets everywhere", async () => {
    const officers = await viewerOf(database, ["04", "OFFICER"]);
    const { secret } = await issueKey(database, [{ unit: "04", role: "OFFICER" }]);
    const { secret: wide } = await issueKey(database, [
      { unit: "04", role: "OFFICER" },
      { unit: "48", role: "OFFICER" },
    ]);
    const submit = async (unit: string, bearer: string) => {
      const figures = [{ measure: "dossier.received", value: 777, period: "2021", scope: "COMMUNE", quote: "trong năm" }];
      const { data } = await service.ask(SUBMIT, { input: { idempotencyKey: unit, title: "Báo cáo", unit, figures } }, bearer);
      expect(data).toMatchObject({ submitReport: { report: { state: "DRAFT" }, problems: [] } });
    };
    await submit("01273", secret);
    const reported = '{ unit(code: "04", asOf: "2022-12-31") { dossiers(period: "2022") { received } } }';
    expect(await service.ask(reported)).toMatchObject({ data: { unit: { dossiers: { received: 32_521 } } } });
    const year = (code: string, bearer?: string) =>
      service.ask(
        `{ unit(code: "${code}", asOf: "2021-12-31"${bearer === undefined ? "" : ", evidence: ALL"}) { dossiers(period: "2021") { received } } }`,
        {},
        bearer,
      );
    const drafted = { data: { unit: { dossiers: { received: 777 } } } };
    expect(await year("01273", secret)).toMatchObject(drafted);
    expect(await year("01273")).not.toMatchObject(drafted);
    await submit("20194", wide);
    expect(await year("20194", wide)).toMatchObject(drafted);

    const selected = "select distinct array_length(string_to_array(s.drafts, ','), 1) as drafts";
    const parts = ["dossier_rollup", "rollup_source"];
    for (const part of parts) {
      const text = `${selected} from ${part} r join rollup_set s on s.id = r.set_id order by 1`;
      const [published, one, both] = [{ drafts: null }, { drafts: 1 }, { drafts: 2 }];
      expect(await run(NOTHING, text)).toEqual([published]);
      expect(await run(rowScope(foreign, "ADMIN"), text)).toEqual([published]);
      expect(await run(rowScope(own, "ADMIN"), text)).toEqual([published]);
      expect(await run(rowScope(officers), text)).toEqual([one, published]);
      expect(await run(rowScope(await viewerOf(database, ["04", "VIEWER"], ["48", "VIEWER"])), text)).toEqual([one, both, published]);
      for (const change of [`update ${part} set set_id = 1`, `delete from ${part}`])
        await expect(run(rowScope(officers, "OFFICER"), change)).rejects.toMatchObject(DENIED);
    }
  });

  it("refuses to store rows of drafts in public sets", async () => {
    const make = (drafts: string) =>
      run(
        rowScope(own, "ADMIN"),
        `insert into rollup_set (edition_id, period_from, period_to, cell_edition_id, drafts, recorded, counted_to, rows)
          select id, '2001-01-01', '2001-12-31', id, '${drafts}', false, '2001-12-31', 0 from edition limit 1`,
      );
    await make("");
    await expect(make("1")).rejects.toMatchObject({ code: "23514" });
  });

  it("shows counters of single days and fields only within a scope, and raises an error where they are required", async () => {
    await fillCatalogue(database);
    const officer = await issueAccessKey(database, "Cao Bằng", { "04": "OFFICER" });
    const dossiers = [dossier({ code: "d-1", unit: "01558", receivedAt: "2026-03-03T08:00:00+07:00" })];
    const { errors } = await service.ask(IMPORT, { source: "cao-bang", dossiers }, officer);
    expect(errors).toBeUndefined();
    const seen = async (scope: RowScope, text: string) => (await run(scope, text)).length;
    for (const text of [
      "select from dossier_unit_count where grain = 0",
      "select from dossier_tree_count where grain = 0",
      "select from dossier_count",
    ]) {
      expect(await seen(NOTHING, text), text).toBe(0);
      expect(await seen(rowScope(own), text), text).toBeGreaterThan(0);
    }
    const assign = "mutation ($input: AssignTaskInput!) { assignTask(input: $input) { task { id } } }";
    const task = { assignedBy: "04", lead: "01558", title: "Rà soát thủ tục", idempotencyKey: "task" };
    expect((await service.ask(assign, { input: task }, officer)).errors).toBeUndefined();
    for (const table of ["task_unit_count", "task_tree_count"]) {
      expect(await seen(NOTHING, `select from ${table} where grain = 0`), table).toBe(0);
      expect(await seen(rowScope(own), `select from ${table} where grain = 0`), table).toBeGreaterThan(0);
    }
    for (const table of ["dossier_unit_count", "dossier_tree_count", "task_unit_count", "task_tree_count"])
      expect(await seen(NOTHING, `select from ${table} where grain > 0`)).toBeGreaterThan(0);
    await expect(run(NOTHING, "select counters_are_readable()")).rejects.toMatchObject(DENIED);
    const key = { unitNo: 1, isCountry: true, editionId: 1, from: "2026-03-02", to: "2026-03-04", handledBy: null };
    const reader = new Reader(database.pools);
    await expect(recordsOf(DOSSIER_RECORDS, reader, NOTHING).sums([key])).rejects.toThrow("within a scope only");
    expect(await recordsOf(DOSSIER_RECORDS, reader, PUBLIC_SCOPE).sums([key])).toHaveLength(1);
  });
});
