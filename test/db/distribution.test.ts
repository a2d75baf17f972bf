import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GROWING_TABLES, placements, policiesOf } from "../../src/db/distribution.ts";
import { openDatabase } from "../../src/db/database.ts";
import { enterScope, type RowScope } from "../../src/db/reader.ts";
import { isFitForCitus, ROW_CONDITIONS } from "../../src/db/row-conditions.ts";
import { recount } from "../../src/dossiers/counts/recount.service.ts";
import { importFile } from "../../src/dossiers/import/dossier-file.service.ts";
import type { Item } from "../../src/files/file-row.ts";
import { NOW, startService, type TestService } from "../support/client.ts";
import { admin, createDatabase, type TestDatabase } from "../support/database.ts";
import { dossier, fillCatalogue, IMPORT, type Sent } from "../support/dossiers.ts";
import { issueKey } from "../support/key.ts";
import { statementsOf } from "../support/statements.ts";
import { standInForCitus } from "./citus-stand-in.ts";
import { breachesOfStatement, breachesOfTables, upsertedBy } from "./distribution-rules.ts";

const COUNTERS = ["dossier_count", "dossier_day_count", "dossier_tree_count"];
const PAUSED = [{ reason: "SUPPLEMENT" as const, from: "2026-03-04T08:00:00+07:00", to: "2026-03-06T08:00:00+07:00" }];

/** Sends, corrects, takes back, declares and reads dossiers, by the API and from a file. @returns all answers. */
const liveThrough = async (service: TestService): Promise<unknown[]> => {
  const officer = await issueKey(service.database, "officer", { "04": "ADMIN" });
  const neighbour = await issueKey(service.database, "neighbour", { "22": "OFFICER" });
  const answers: unknown[] = [];
  const ask = async (text: string, variables: object, bearer: string = officer) => {
    const answer = await service.ask<{ auditTrail?: { nodes: object[] } } | null, object>(text, variables, bearer);
    if (bearer === officer) expect(answer.errors).toBeUndefined();
    // What happened at once is in no order that two runs share.
    answer.data?.auditTrail?.nodes.sort((x, y) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1));
    answers.push(JSON.parse(JSON.stringify(answer).replaceAll(/"([0-9a-f]{16}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})"/g, '"id"')));
  };
  const send = (dossiers: readonly Sent[], bearer = officer) => ask(IMPORT, { source: "api", dossiers: dossiers.map(dossier) }, bearer);
  await send([{ code: "a", pauses: PAUSED }, { code: "b" }, { code: "c", unit: "01290" }]);
  await send([
    { code: "a", updatedAt: "2026-11-02T08:00:00+07:00", state: "RESOLVED", endedAt: "2026-03-20T08:00:00+07:00", pauses: PAUSED },
    { code: "b" },
  ]);
  await send([{ code: "a" }], neighbour);
  await ask('mutation { retractDossiers(source: "api", codes: ["b"], reason: "sent by mistake") { updated } }', {});
  async function* rows(): AsyncGenerator<Item> {
    yield { row: 2, cells: { ...dossier({ code: "d" }), pauses: null } };
    yield { row: 3, cells: { ...dossier({ code: "e", state: "RESOLVED", endedAt: "2026-03-05T08:00:00+07:00" }), pauses: null } };
  }
  const by = { actor: "command:test", actorName: "test", at: NOW };
  for (const partial of [false, true])
    answers.push({
      ...(await importFile(service.database, rows(), {
        ...{ source: "file", partial, dryRun: false, by, onProblem: (problem) => answers.push(problem) },
        complete: { since: "2026-01-01", through: "2026-06-30" },
      })),
      id: "id",
    });
  const declared = { units: ["01558"], since: "2026-01-01", through: "2026-09-30" };
  await ask(
    "mutation ($units: [ID!]!, $since: Date!, $through: Date!) { declareComplete(kind: DOSSIERS, units: $units, since: $since, through: $through) { completeSince } }",
    declared,
  );
  for (const bearer of [officer, neighbour]) {
    await ask('{ dossiers(filter: { within: "04" }) { totalCount nodes { code state pauses { reason from to } } } }', {}, bearer);
    await ask('{ unit(code: "04") { dossiers(period: "2026-03") { received resolved inProcess } } }', {}, bearer);
    await ask('{ unit(code: "04") { dossiers(period: "2026-03-03/2026-03-09") { received resolved inProcess } } }', {}, bearer);
    await ask('{ auditTrail(unit: "04") { totalCount nodes { operation subject before } } }', {}, bearer);
  }
  const { differences } = await recount(service.database.orm.em.fork(), null);
  expect(differences).toEqual({ byField: 0, byDay: 0, byUnit: 0 });
  return answers;
};

describe("the tables that grow with the records", () => {
  let base: TestDatabase;
  let service: TestService;
  let statements: string[];
  let answers: unknown[];

  beforeAll(async () => {
    base = await createDatabase();
    await fillCatalogue(base);
    await base.disconnect();
    service = await startService(base);
    statements = [...new Set(await statementsOf(async () => void (answers = await liveThrough(service))))];
  });
  afterAll(async () => {
    await service.close();
    await base.close();
  });
  const em = () => service.database.orm.em.fork();

  it("can be distributed by province, and are all that has one", async () => {
    expect(await breachesOfTables(em())).toEqual([]);
  });

  const BREACHES: readonly (readonly [what: string, ddl: string, breach: string])[] = [
    ["a list with what is not there", "select 1", "grown is not there"],
    ["no primary key", "create table grown (province_id int not null)", "grown has no primary key"],
    ["no province", "create table grown (id bigint primary key)", "grown has no province_id that is an integer and never null"],
    [
      "a province that may be null",
      "create table grown (id bigint primary key, province_id int)",
      "grown has no province_id that is an integer and never null",
    ],
    [
      "a primary key of its own",
      "create table grown (id bigint primary key, province_id int not null)",
      "grown has a key that does not lead with province_id: grown_pkey",
    ],
    [
      "a unique index",
      "create table grown (province_id int primary key, key text); create unique index k on grown (key, province_id)",
      "grown has a key that does not lead with province_id: k",
    ],
    [
      "an exclusion",
      "create table grown (province_id int primary key, r int4range, constraint x exclude using gist (r with &&))",
      "grown has a key that does not lead with province_id: x",
    ],
    [
      "a trigger",
      "create table grown (province_id int primary key); create trigger t before update on grown for each row execute function suppress_redundant_updates_trigger()",
      "grown has a trigger: t",
    ],
    [
      "a foreign key to it",
      "create table grown (province_id int primary key); create table small (of int constraint f references grown)",
      "grown is referred to: f",
    ],
    [
      "a foreign key to a work table",
      "create table grown (province_id int primary key, of int constraint f references mikro_orm_migrations)",
      "grown refers to what is on one node only: f",
    ],
    ["a serial", "create table grown (province_id int primary key, id serial)", "grown has an identity that is not bigint: id"],
    [
      "an identity",
      "create table grown (province_id int primary key, id int generated always as identity)",
      "grown has an identity that is not bigint: id",
    ],
    [
      "a table that is not listed",
      "create table grown (province_id int primary key); create table other (province_id int)",
      "other has a province_id and is not listed",
    ],
  ];
  it.each(BREACHES)("do not pass with %s", async (_what, ddl, breach) => {
    const found: string[] = [];
    const undone = new Error("undone");
    const attempt = em().transactional(async (inside) => {
      await sql.raw(ddl).execute(inside.getKysely());
      found.push(...(await breachesOfTables(inside, [...GROWING_TABLES, "grown"])));
      throw undone;
    });
    await expect(attempt).rejects.toBe(undone);
    expect(found).toContain(breach);
  });

  it("are written by statements that Citus takes, as they were sent by the API, from a file and by a declaration", async () => {
    const upserts = new Set(statements.map(upsertedBy).filter((table) => table !== null));
    expect([...upserts].toSorted()).toEqual([...COUNTERS, "record_unit"].toSorted());
    expect(statements.some((text) => text.startsWith("update dossier d set"))).toBe(true);
    for (const text of statements) expect(await breachesOfStatement(em(), text), text).toEqual([]);
  });

  const UPSERT =
    "insert into record_unit as u (province_id, unit_id, kind, source_id, records, last_import_at) values (1, 1, 'DOSSIERS', 1, 1, $1)";
  const KEY = "on conflict (province_id, unit_id, kind, source_id) do update set";
  it.each([
    ["now()", `${UPSERT} ${KEY} last_import_at = now()`, ["record_unit: now() in ON CONFLICT"]],
    ["the time of the statement", `${UPSERT} ${KEY} last_import_at = current_timestamp`, ["record_unit: SQLVALUEFUNCTION in ON CONFLICT"]],
    [
      "the day of an instant",
      `${UPSERT} ${KEY} first_on = excluded.last_import_at::date`,
      ["record_unit: date(timestamp with time zone) in ON CONFLICT"],
    ],
    [
      "a comparison that depends on the time zone",
      `${UPSERT} ${KEY} records = 2 where u.first_on < excluded.last_import_at`,
      ["record_unit: date_lt_timestamptz(date,timestamp with time zone) in ON CONFLICT"],
    ],
    ["a subquery", `${UPSERT} ${KEY} records = (select count(*) from unit)`, ["record_unit: SUBLINK in ON CONFLICT"]],
    ["an instant as a text", `${UPSERT} ${KEY} kind = excluded.last_import_at::text`, ["record_unit: COERCEVIAIO in ON CONFLICT"]],
    [
      "another province",
      "update dossier d set code = s.code, province_id = s.province_id from dossier_stage s where d.code = s.code",
      ["dossier: changes province_id"],
    ],
    [
      "what was there and what comes",
      `${UPSERT} ${KEY} records = u.records + excluded.records, last_import_at = greatest(u.last_import_at, excluded.last_import_at)`,
      [],
    ],
  ] as const)("are told apart by what a statement sets: %s", async (_what, text, breaches) => {
    expect(await breachesOfStatement(em(), text)).toEqual(breaches);
  });

  it("are laid out where the database has Citus, once, and so is what comes later", async () => {
    const database = await createDatabase(base);
    await database.disconnect();
    try {
      await standInForCitus(database.url);
      const opened = async () => {
        const { orm, close } = await openDatabase({ databaseUrl: database.url, dataDir: "" });
        const calls = await orm.em.getConnection().execute<{ text: string }[]>("select text from citus_call order by n");
        await close();
        return calls.map(({ text }) => text);
      };
      const calls = await opened();
      expect(calls.filter((text) => text.startsWith("distributed"))).toEqual(
        GROWING_TABLES.map((name) => `distributed ${name} by province_id beside ${name === "dossier" ? "none" : "dossier"}`),
      );
      expect(
        calls
          .filter((text) => text.startsWith("reference"))
          .map((text) => text.slice("reference ".length))
          .toSorted(),
      ).toEqual([
        ...[
          "access_grant",
          "access_key",
          "contribution",
          "dossier_rollup",
          "edition",
          "figure",
          "procedure",
          "procedure_field",
          "record_range",
        ],
        ...[
          "rollup_knowledge",
          "rollup_set",
          "rollup_source",
          "service_rollup",
          "source",
          "succession",
          "task_rollup",
          "unit",
          "unit_name",
        ],
        ...["unit_version", "work_calendar_day"],
      ]);
      expect(calls.filter((text) => text.startsWith("function"))).toEqual(
        ["viewer_covers", "viewer_covers_country", "viewer_covers_draft", "viewer_covers_source", "viewer_sees_source"].map(
          (name) => `function ${name}`,
        ),
      );
      expect(await opened()).toEqual(calls);
      await admin(
        database.url,
        "create table later (id serial primary key, unit_id int references unit); create unlogged table dossier_stage_0123456789abcdef0123456789abcdef (code text)",
      );
      expect((await opened()).slice(calls.length)).toEqual(["reference later"]);
      await admin(database.url, "create table last (id int primary key); create policy odd on last using (id in (select id from unit))");
      await expect(opened()).rejects.toThrow("Citus accepts no subquery in a condition for rows: odd of last");
    } finally {
      await admin(base.url.replace(base.name, "postgres"), `drop database ${database.name} with (force)`);
    }
  });

  it("answers the same with the conditions for rows that Citus takes, and the other nodes are told of the scope", async () => {
    const citus = await createDatabase(base);
    await citus.disconnect();
    await standInForCitus(citus.url);
    const other = await startService(citus);
    try {
      expect(await liveThrough(other)).toEqual(answers);
      const scope = statements.filter((text) => text.includes("cchc.reads") && text.includes("set"));
      expect(new Set(scope.map((text) => text.replaceAll(/'[^']*'/g, "'…'")))).toEqual(
        new Set(["set local cchc.reads = '…'; set local cchc.writes = '…'"]),
      );
      const propagated = await other.database.pools.requests.em
        .getConnection()
        .execute("select current_setting('citus.propagate_set_commands') as is");
      expect(propagated).toEqual([{ is: "local" }]);
    } finally {
      await other.close();
      await admin(base.url.replace(base.name, "postgres"), `drop database ${citus.name} with (force)`);
    }
  });

  it("shows and lets go the same rows by either form of each condition", async () => {
    const places = await em()
      .getConnection()
      .execute<{ code: string; no: number }[]>(
        "select code, unit_id as no from unit_version where valid_to is null and code in ('VN', '04', '22', '01558')",
      );
    const [edition] = await em().getConnection().execute<{ id: number }[]>("select max(id) as id from edition where contributed");
    const grants = ["", ...places.map(({ no }) => `${no}:${edition!.id}`)];
    const scopes = grants.flatMap((reads) => grants.map((writes): RowScope => ({ reads, writes })));
    const subqueries = (await policiesOf(em())).filter((policy) => !isFitForCitus(policy));
    expect(subqueries.map(({ table, policy }) => `${policy} on ${table}`).toSorted()).toEqual(
      ROW_CONDITIONS.policies.map((text) => /^alter policy (\w+ on \w+) /.exec(text)![1]).toSorted(),
    );
    const tables = [...new Set(subqueries.map(({ table }) => table))];
    const seen = () =>
      Promise.all(
        scopes.map(async (scope) => {
          const found: unknown[] = [];
          const undone = new Error("undone");
          const attempt = service.database.pools.builds.em.fork().transactional(async (inside) => {
            await enterScope(inside, scope);
            for (const table of tables)
              found.push(
                (
                  await sql`select count(*)::int as rows, md5(string_agg(t::text, ' ' order by t::text)) from ${sql.table(table)} t`.execute(
                    inside.getKysely(),
                  )
                ).rows,
              );
            for (const table of ["dossier_pause", "dossier", "record_range", "work_calendar_day"])
              found.push(
                (await sql`delete from ${sql.table(table)} t returning t::text as row`.execute(inside.getKysely())).rows
                  .map((row) => JSON.stringify(row))
                  .toSorted(),
              );
            throw undone;
          });
          await expect(attempt).rejects.toBe(undone);
          return found;
        }),
      );
    const before = await seen();
    expect(new Set(before.map((found) => JSON.stringify(found))).size).toBeGreaterThan(4);
    for (const text of [...ROW_CONDITIONS.functions, ...ROW_CONDITIONS.policies]) await sql.raw(text).execute(em().getKysely());
    expect((await policiesOf(em())).filter((policy) => !isFitForCitus(policy))).toEqual([]);
    expect(await seen()).toEqual(before);
  });
});

describe("the order in which tables are laid out", () => {
  it("has what is referred to before what refers to it, and itself is no obstacle", () => {
    const tables = [
      { name: "a", refersTo: ["b", "a"] },
      { name: "b", refersTo: ["c"] },
      { name: "audit_entry", refersTo: [] },
      { name: "c", refersTo: [] },
      { name: "rate_limit", refersTo: [] },
    ];
    expect(placements(tables)).toEqual([
      ...["c", "b", "a"].map((name) => `select create_reference_table('${name}')`),
      "select create_distributed_table('audit_entry', 'province_id', colocate_with => 'dossier')",
    ]);
  });
});
