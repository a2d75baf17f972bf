import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "../../../src/database/database.ts";
import { GROWING_TABLES, placements, policiesOf } from "../../../src/database/citus/distribution.ts";
import { enterScope, type RowScope } from "../../../src/database/row-scope.ts";
import { isFitForCitus, ROW_CONDITIONS } from "../../../src/database/citus/row-conditions.ts";
import { startService } from "../../support/client.ts";
import { admin, createDatabase } from "../../support/database.ts";
import { statementsOf } from "../../support/statements.ts";
import { standInForCitus } from "./citus-stand-in.ts";
import { liveThrough, type LivedThrough, startLived } from "../record-life.ts";

const NEEDED = "what stands in for Citus changes the catalogue, for which the role of DATABASE_URL must be a superuser";

describe("a database with Citus", () => {
  let lived: LivedThrough;

  beforeAll(async () => (lived = await startLived()));
  afterAll(() => lived.close());
  const em = () => lived.service.database.orm.em.fork();
  const skipUnlessSuperuser = async (skip: (reason: string) => never) => {
    const [role] = await em()
      .getConnection()
      .execute<{ rolsuper: boolean }[]>("select rolsuper from pg_roles where rolname = current_user");
    if (role!.rolsuper) return;
    console.warn(`skipped: ${NEEDED}`);
    skip(NEEDED);
  };

  it("distributes its tables once at a start, and later tables too", async ({ skip }) => {
    await skipUnlessSuperuser(skip);
    const database = await createDatabase(lived.base);
    await database.disconnect();
    try {
      await standInForCitus(database.url);
      const opened = async () => {
        const again = await openDatabase({ databaseUrl: database.url, dataDir: "" });
        const calls = await again.orm.em.getConnection().execute<{ text: string }[]>("select text from citus_call order by n");
        await again.close();
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
          "assessment_cycle",
          "contribution",
          "criterion",
          "dossier_rollup",
          "edition",
          "figure",
          "procedure",
          "procedure_field",
          "published_score",
          "published_sheet",
          "ranking_publication",
          "record_range",
        ],
        ...[
          "rollup_knowledge",
          "rollup_set",
          "rollup_source",
          "rollup_version",
          "rubric",
          "score_adjustment",
          "score_item",
          "score_sheet",
          "service_rollup",
          "source",
          "succession",
          "survey_answer",
          "task_number",
          "task_rollup",
          "unit",
        ],
        ...["unit_version", "work_calendar_day"],
      ]);
      expect(calls.filter((text) => text.startsWith("function"))).toEqual(
        [
          "viewer_covers",
          "viewer_covers_any",
          "viewer_covers_country",
          "viewer_covers_draft",
          "viewer_covers_rubric",
          "viewer_covers_source",
          "viewer_covers_system",
          "viewer_keeps_key",
          "viewer_sees_rubric",
          "viewer_sees_set",
          "viewer_sees_source",
        ].map((name) => `function ${name}`),
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
      await admin(lived.base.url.replace(lived.base.name, "postgres"), `drop database ${database.name} with (force)`);
    }
  });

  /** A statement of the scope is sent to other nodes, also as the first of a transaction. */
  const SCOPE = "set local cchc.reads = '…'; set local cchc.writes = '…'";

  it("returns the same rows with the policies for Citus, and propagates the scope to other nodes", async ({ skip }) => {
    await skipUnlessSuperuser(skip);
    const citus = await createDatabase(lived.base);
    await citus.disconnect();
    await standInForCitus(citus.url);
    const other = await startService(citus);
    try {
      const sent = await statementsOf(async () => expect(await liveThrough(other)).toEqual(lived.answers));
      // Of the tables that are laid out by province nothing is read by a lateral join with a limit, which Citus refuses.
      expect(sent.filter((text) => text.includes("from dossier d") && /lateral.*limit/.test(text))).toEqual([]);
      expect(lived.statements.filter((text) => text.includes("from dossier d") && /lateral.*limit/.test(text))).not.toEqual([]);
      const scope = sent.filter((text) => text.includes("cchc.reads") && text.includes("set"));
      // More statements may follow in the same message.
      expect(new Set(scope.map((text) => text.replaceAll(/'[^']*'/g, "'…'").replace(/; (?!set local|select version).*/, "")))).toEqual(
        new Set([
          ...[SCOPE, `begin; ${SCOPE}`],
          ...["", "; set local cchc.rows = '…'"].map((few) => `begin; ${SCOPE}${few}; select version from hierarchy_version for share`),
        ]),
      );
      const propagated = await other.database.pools.requests.em
        .getConnection()
        .execute("select current_setting('citus.propagate_set_commands') as is");
      expect(propagated).toEqual([{ is: "local" }]);
    } finally {
      await other.close();
      await admin(lived.base.url.replace(lived.base.name, "postgres"), `drop database ${citus.name} with (force)`);
    }
  });

  it("shows and releases the same rows with both forms of each condition", async () => {
    const places = await em()
      .getConnection()
      .execute<{ code: string; no: number }[]>(
        "select code, unit_id as no from unit_version where valid_to is null and code in ('VN', '04', '22', '01558')",
      );
    const [edition] = await em().getConnection().execute<{ id: number }[]>("select max(id) as id from edition where contributed");
    const grants = ["", ...places.map(({ no }) => `${no}:${edition!.id}`)];
    // Each grant with itself, and with the one after it, which is another.
    const scopes = grants.flatMap((grant, n) =>
      [grant, grants[(n + 1) % grants.length]!].map((writes): RowScope => ({ reads: grant, writes })),
    );
    const subqueries = (await policiesOf(em())).filter((policy) => !isFitForCitus(policy));
    expect(subqueries.map(({ table, policy }) => `${policy} on ${table}`).toSorted()).toEqual(
      ROW_CONDITIONS.policies.map((text) => /^alter policy (\w+ on \w+) /.exec(text)![1]!).toSorted(),
    );
    const tables = [...new Set(subqueries.map(({ table }) => table))];
    const seen = () =>
      Promise.all(
        scopes.map(async (scope) => {
          const found: unknown[] = [];
          const undone = new Error("undone");
          const attempt = lived.service.database.pools.builds.em.fork().transactional(async (inside) => {
            await enterScope(inside, scope);
            for (const table of tables)
              found.push(
                (
                  await sql`select count(*)::int as rows, md5(string_agg(t::text, ' ' order by t::text)) from ${sql.table(table)} t`.execute(
                    inside.getKysely(),
                  )
                ).rows,
              );
            for (const table of ["dossier_pause", "dossier", "record_range", "work_calendar_day", "task_coordinator"])
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
  it("places referenced tables before the tables that refer to them, and self-references are no obstacle", () => {
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
