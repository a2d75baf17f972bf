import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { isFitForCitus, ROW_CONDITIONS } from "./row-conditions.ts";

/**
 * Tables that grow with the records. Primary key and unique keys begin with `province_id`, the province of the handling unit at the first receipt (0 for none), by which
 * Citus can distribute them. Therefore they have no triggers, no foreign keys from other tables, bigint identities, and only IMMUTABLE functions in ON CONFLICT SET. The
 * first table is the one that the others are colocated with.
 */
export const GROWING_TABLES: readonly string[] = [
  ...["dossier", "dossier_pause", "dossier_count", "dossier_unit_count", "dossier_tree_count"],
  ...["record_unit", "record_import", "audit_entry"],
  ...["task", "task_event", "task_coordinator", "task_unit_count", "task_tree_count"],
];

/**
 * Tables that stay on the coordinator, because their rows live only for one import or minute. Staged rows arrive by COPY and get their province later, while Citus neither
 * changes a distribution column nor joins a distributed table in an UPDATE of a reference table. The version of the hierarchy is locked by each change.
 */
export const WORK_TABLES: readonly string[] = [
  "dossier_stage",
  "dossier_delta",
  "task_stage",
  "task_delta",
  "rate_limit",
  "hierarchy_version",
  "mikro_orm_migrations",
];

const isWork = (name: string) => WORK_TABLES.includes(name) || /^(?:dossier|task)_(?:stage|delta)_[0-9a-f]{32}$/.test(name);

export interface Table {
  readonly name: string;
  readonly refersTo: readonly string[];
}

/** Statements that distribute growing tables side by side and make all others except work tables reference tables; referenced tables come first. */
export const placements = (tables: readonly Table[]): string[] => {
  const [first] = GROWING_TABLES;
  const growing = GROWING_TABLES.filter((name) => tables.some((table) => table.name === name));
  return [
    ...inOrder(tables.filter(({ name }) => !GROWING_TABLES.includes(name) && !isWork(name))).map(
      (name) => `select create_reference_table('${name}')`,
    ),
    ...growing.map(
      (name) => `select create_distributed_table('${name}', 'province_id', colocate_with => '${name === first ? "none" : first}')`,
    ),
  ];
};

export const inOrder = (tables: readonly Table[]): string[] => {
  const ordered = new Set<string>();
  const visited = new Set<Table>();
  const visit = (table: Table): void => {
    if (visited.has(table)) return;
    visited.add(table);
    for (const other of tables) if (table.refersTo.includes(other.name)) visit(other);
    ordered.add(table.name);
  };
  for (const table of tables) visit(table);
  return [...ordered];
};

export const hasCitus = async (em: EntityManager): Promise<boolean> =>
  (await sql`select from pg_extension where extname = 'citus'`.execute(em.getKysely())).rows.length > 0;

/**
 * Distributes the tables if the database has the extension citus. It runs after the migrations at each start, because the extension and new tables may come later; placed
 * tables stay unchanged. @throws Error before any change for a row-level security condition that Citus would refuse.
 */
export const distribute = async (em: EntityManager): Promise<void> => {
  const db = em.getKysely();
  const run = async (statements: readonly string[]) => {
    // In one transaction Citus could not fill the shards of a table in parallel.
    for (const text of statements) await sql.raw(text).execute(db);
  };
  if (!(await hasCitus(em))) return;
  const missing = await tablesToPlace(em);
  if (missing.length === 0) return;
  await run(ROW_CONDITIONS.functions);
  await run(ROW_CONDITIONS.policies);
  const unfit = (await policiesOf(em)).filter((policy) => !isFitForCitus(policy));
  if (unfit.length > 0)
    throw new Error(
      `Citus accepts no subquery in a condition for rows: ${unfit.map(({ table, policy }) => `${policy} of ${table}`).join(", ")}`,
    );
  await run(await widenedGrants(em));
  await run(await functionsToPlace(em));
  await run(placements(missing));
};

/** Tables that are neither distributed nor reference tables, including those that Citus only knows because of a foreign key. */
const tablesToPlace = async (em: EntityManager): Promise<Table[]> => {
  const { rows } = await sql<Table>`
    select c.relname as name, array(select distinct f.confrelid::regclass::text from pg_constraint f where f.conrelid = c.oid and f.contype = 'f') as "refersTo"
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
      and not exists (select from pg_dist_partition p where p.logicalrelid = c.oid and (p.partmethod <> 'n' or p.repmodel = 't'))
    order by c.relname`.execute(em.getKysely());
  return rows.filter(({ name }) => !isWork(name));
};

interface Policy {
  readonly table: string;
  readonly policy: string;
  readonly tree: string;
}

export const policiesOf = async (em: EntityManager): Promise<Policy[]> =>
  (
    await sql<Policy>`
      select polrelid::regclass::text as table, polname as policy, concat(polqual::text, polwithcheck::text) as tree from pg_policy order by 1, 2`.execute(
      em.getKysely(),
    )
  ).rows;

/** Shards on other nodes get the grants on their table, but not those on columns. */
const widenedGrants = async (em: EntityManager): Promise<string[]> => {
  const { rows } = await sql<{ text: string }>`
    select distinct format('grant %s on %s to %s', lower(g.privilege_type), a.attrelid::regclass, g.grantee::regrole) as text
    from pg_attribute a join pg_class c on c.oid = a.attrelid cross join lateral aclexplode(a.attacl) g
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1`.execute(em.getKysely());
  return rows.map(({ text }) => text);
};

const functionsToPlace = async (em: EntityManager): Promise<string[]> => {
  const { rows } = await sql<{ text: string }>`
    select distinct format('select create_distributed_function(%L)', d.refobjid::regprocedure) as text
    from pg_depend d where d.classid = 'pg_policy'::regclass and d.refclassid = 'pg_proc'::regclass
      and not exists (select from pg_dist_object o where o.classid = 'pg_proc'::regclass and o.objid = d.refobjid) order by 1`.execute(
    em.getKysely(),
  );
  return rows.map(({ text }) => text);
};
