import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { GROWING_TABLES, WORK_TABLES } from "../../../src/database/citus/distribution.ts";
import { rowsOf } from "../../../src/database/reader.ts";

/** What breaks the rules of growing tables in a database, each by the name of the table: what Citus would refuse, or could not distribute. */
export const breachesOfTables = async (em: EntityManager, growing: readonly string[] = GROWING_TABLES): Promise<string[]> => {
  const rows = await rowsOf(em).rows(sql<{ breach: string }>`
    with listed as (select c.oid, c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relname = any(${growing}::text[]))
    select name || ' is not there' as breach from unnest(${growing}::text[]) name where name not in (select relname from listed)
    union all
    select c.relname || ' has a province_id and is not listed' from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname = 'province_id' and c.relname <> all(${[...growing, ...WORK_TABLES]}::text[])
    union all
    select relname || ' has no primary key' from listed l where not exists (select from pg_index where indrelid = l.oid and indisprimary)
    union all
    select relname || ' has no province_id that is an integer and never null' from listed l where not exists (
      select from pg_attribute where attrelid = l.oid and attname = 'province_id' and attnotnull and atttypid = 'int'::regtype)
    union all
    select relname || ' has a key that does not lead with province_id: ' || i.indexrelid::regclass from listed l join pg_index i on i.indrelid = l.oid
    where (i.indisunique or i.indisexclusion) and pg_get_indexdef(i.indexrelid, 1, true) <> 'province_id'
    union all
    select relname || ' has a trigger: ' || t.tgname from listed l join pg_trigger t on t.tgrelid = l.oid where not t.tgisinternal
    union all
    select relname || ' is referred to: ' || f.conname from listed l join pg_constraint f on f.confrelid = l.oid and f.contype = 'f'
    union all
    select relname || ' refers to what is on one node only: ' || f.conname from listed l join pg_constraint f on f.conrelid = l.oid and f.contype = 'f'
    where f.confrelid in (select oid from pg_class where relname = any(${WORK_TABLES}::text[]))
    union all
    select relname || ' has an identity that is not bigint: ' || a.attname from listed l join pg_attribute a on a.attrelid = l.oid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where (a.attidentity <> '' or pg_get_expr(d.adbin, d.adrelid) like 'nextval(%') and a.atttypid <> 'bigint'::regtype
    order by 1`);
  return rows.map(({ breach }) => breach);
};

const CONFLICT = /\binsert into "?(\w+)"?.* on conflict .*\bdo update set /i;
const UPDATE = /\bupdate "?(\w+)"?(?: (?:as )?\w+)? set (.*)/i;

/** The growing table that an INSERT would update where its row is there already; null of other statements. */
export const upsertedBy = (statement: string): string | null => {
  const table = CONFLICT.exec(statement)?.[1];
  return table !== undefined && GROWING_TABLES.includes(table) ? table : null;
};

/** What a statement does to a growing table that Citus would refuse, as it was understood by PostgreSQL with all its casts and types. */
export const breachesOfStatement = async (em: EntityManager, statement: string): Promise<string[]> => {
  const [, updated = "", set = ""] = UPDATE.exec(statement) ?? [];
  if (GROWING_TABLES.includes(updated) && /^[^;]*?\bprovince_id"? =/.test(set.split(/ from | where /i)[0]!))
    return [`${updated}: changes province_id`];
  const table = upsertedBy(statement);
  if (table === null) return [];
  const tree = await conflictTree(em, statement);
  const kinds = ["SUBLINK", "SQLVALUEFUNCTION", "NEXTVALUEEXPR", "COERCEVIAIO"].filter((kind) => tree.includes(`{${kind} `));
  const called = [...tree.matchAll(/:(?:op)?funcid (\d+)/g)].map(([, oid]) => Number(oid));
  const changing = await rowsOf(em).rows(sql<{ name: string }>`
    select distinct oid::regprocedure::text as name from pg_proc where oid = any(${called}::oid[]) and provolatile <> 'i' order by 1`);
  return [...kinds, ...changing.map(({ name }) => name)].map((what) => `${table}: ${what} in ON CONFLICT`);
};

/** What follows ON CONFLICT as PostgreSQL keeps it of a function whose body is the statement. */
const conflictTree = (em: EntityManager, sent: string): Promise<string> =>
  em.transactional(async (inside) => {
    const db = inside.getKysely();
    // The stage of a file is gone by now; it had the shape of this one.
    const statement = sent.replaceAll(/\bdossier_(stage|delta)_[0-9a-f]{32}\b/g, "dossier_$1");
    await sql.raw(`prepare statement_read as ${statement}`).execute(db);
    const [prepared] = await rowsOf(inside).rows(sql<{ types: string }>`
      select array_to_string(parameter_types, ', ') as types from pg_prepared_statements where name = 'statement_read'`);
    await sql`deallocate statement_read`.execute(db);
    await sql
      .raw(`create function statement_read(${prepared!.types}) returns void language sql begin atomic ${statement}; end`)
      .execute(db);
    const [body] = await rowsOf(inside).rows(
      sql<{ tree: string }>`select prosqlbody::text as tree from pg_proc where proname = 'statement_read'`,
    );
    await sql`drop function statement_read`.execute(db);
    return braced(body!.tree, body!.tree.indexOf("{ONCONFLICTEXPR "));
  });

/** The text from one brace to that which closes it. */
const braced = (text: string, from: number): string => {
  if (from < 0) throw new Error("the statement has no ON CONFLICT");
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at - 1] === "\\") continue;
    if (text[at] === "{") depth++;
    if (text[at] === "}" && --depth === 0) return text.slice(from, at + 1);
  }
  throw new Error("a brace is not closed");
};
