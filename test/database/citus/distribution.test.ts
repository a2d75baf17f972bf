import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GROWING_TABLES } from "../../../src/database/citus/distribution.ts";
import { breachesOfStatement, breachesOfTables, upsertedBy } from "./distribution-rules.ts";
import { type LivedThrough, startLived } from "../record-life.ts";

const COUNTERS = ["dossier_count", "dossier_unit_count", "dossier_tree_count", "task_unit_count", "task_tree_count"];

describe("the tables that grow with the records", () => {
  let lived: LivedThrough;

  beforeAll(async () => (lived = await startLived()));
  afterAll(() => lived.close());
  const em = () => lived.service.database.orm.em.fork();

  it("can be distributed by province, and are the only ones that have one", async () => {
    expect(await breachesOfTables(em())).toEqual([]);
  });

  const BREACHES: readonly (readonly [what: string, ddl: string, breach: string])[] = [
    ["a list with an unknown table", "select 1", "grown is not there"],
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

  it("are written by statements that Citus accepts: by the API, from a file and by a declaration", async () => {
    const upserts = new Set(lived.statements.map(upsertedBy).filter((table) => table !== null));
    expect([...upserts].toSorted()).toEqual([...COUNTERS, "record_unit"].toSorted());
    expect(lived.statements.some((text) => text.startsWith("update dossier d set"))).toBe(true);
    expect(JSON.stringify(lived.answers)).toContain('"totalCount":4');
    for (const text of lived.statements) expect(await breachesOfStatement(em(), text), text).toEqual([]);
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
      "stored and new values",
      `${UPSERT} ${KEY} records = u.records + excluded.records, last_import_at = greatest(u.last_import_at, excluded.last_import_at)`,
      [],
    ],
  ] as const)("are checked by what a statement sets: %s", async (_what, text, breaches) => {
    expect(await breachesOfStatement(em(), text)).toEqual(breaches);
  });
});
