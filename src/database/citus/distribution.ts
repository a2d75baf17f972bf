import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { isFitForCitus, ROW_CONDITIONS } from "./row-conditions.ts";

/**
 * Tables that grow with the records. Their primary key and every unique key lead with `province_id`, the province of the handling unit at the
 * first receipt (0 for what concerns no province), so that they can be distributed by it, rows of one province side by side. Hence on them:
 * no triggers, no foreign key of another table to them, bigint identities, and in ON CONFLICT SET nothing but IMMUTABLE functions.
 * The first is the one that the others are laid beside.
 */
export const GROWING_TABLES: readonly string[] = [
  ...["dossier", "dossier_pause", "dossier_count", "dossier_unit_count", "dossier_tree_count"],
  ...["record_unit", "record_import", "audit_entry"],
  ...["task", "task_event", "task_coordinator"],
];

/**
 * Tables that stay on the node to which the service connects, for no row in them outlives an import or a minute (or, of migrations, is of use
 * elsewhere). Staged rows must be there: they come by COPY, and learn their province only when they are judged, while Citus changes no
 * value by which it distributes, and joins no distributed table in an UPDATE of a reference table.
 */
export const WORK_TABLES: readonly string[] = ["dossier_stage", "dossier_delta", "rate_limit", "mikro_orm_migrations"];

/** Stages that imports of files make for themselves. */
const isWork = (name: string) => WORK_TABLES.includes(name) || /^dossier_(?:stage|delta)_[0-9a-f]{32}$/.test(name);

export interface Table {
  readonly name: string;
  /** The tables that its foreign keys refer to. */
  readonly refersTo: readonly string[];
}

/** The calls that lay out tables: growing ones distributed side by side, all others but those of work as reference tables, referred ones first. */
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

/** Whether the database has the extension citus. */
export const hasCitus = async (em: EntityManager): Promise<boolean> =>
  (await sql`select from pg_extension where extname = 'citus'`.execute(em.getKysely())).rows.length > 0;

/**
 * Lays out the tables where the database has the extension citus, and does nothing elsewhere. Done after the migrations and at each start, not
 * within one of them: the extension may come later than any, and later ones add tables. What is laid out already stays as it is.
 * @throws Error for a condition for rows that Citus would refuse, before anything is laid out.
 */
export const distribute = async (em: EntityManager): Promise<void> => {
  const db = em.getKysely();
  const run = async (statements: readonly string[]) => {
    // Each by itself: in one transaction Citus could not fill the parts of a table side by side.
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

/** Tables that are neither distributed nor reference tables; one that Citus only knows of, for a foreign key's sake, is none of these either. */
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
  /** Its conditions as PostgreSQL keeps them. */
  readonly tree: string;
}

/** The conditions for rows, by table. */
export const policiesOf = async (em: EntityManager): Promise<Policy[]> =>
  (
    await sql<Policy>`
      select polrelid::regclass::text as table, polname as policy, concat(polqual::text, polwithcheck::text) as tree from pg_policy order by 1, 2`.execute(
      em.getKysely(),
    )
  ).rows;

/** Parts of a table on other nodes have the grants on the table, but not those on columns. */
const widenedGrants = async (em: EntityManager): Promise<string[]> => {
  const { rows } = await sql<{ text: string }>`
    select distinct format('grant %s on %s to %s', lower(g.privilege_type), a.attrelid::regclass, g.grantee::regrole) as text
    from pg_attribute a join pg_class c on c.oid = a.attrelid cross join lateral aclexplode(a.attacl) g
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1`.execute(em.getKysely());
  return rows.map(({ text }) => text);
};

/** Functions that conditions for rows call, and that the other nodes do not have. */
const functionsToPlace = async (em: EntityManager): Promise<string[]> => {
  const { rows } = await sql<{ text: string }>`
    select distinct format('select create_distributed_function(%L)', d.refobjid::regprocedure) as text
    from pg_depend d where d.classid = 'pg_policy'::regclass and d.refclassid = 'pg_proc'::regclass
      and not exists (select from pg_dist_object o where o.classid = 'pg_proc'::regclass and o.objid = d.refobjid) order by 1`.execute(
    em.getKysely(),
  );
  return rows.map(({ text }) => text);
};
