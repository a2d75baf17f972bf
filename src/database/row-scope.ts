import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { type Compiles, template } from "./template.ts";

/** What row-level security lets a transaction read and write: grants as `unit:edition`, separated by commas. */
export interface RowScope {
  readonly reads: string;
  readonly writes: string;
  /** True for a transaction of a few rows: row-level security checks each of them, instead of looking up all units of the grants for each statement. */
  readonly isOfFewRows?: boolean;
}

/** Scope for values computed for everybody: it covers no unit, but lets a transaction read counters. */
export const PUBLIC_SCOPE: RowScope = { reads: "0:0", writes: "" };

/** Until the end of the transaction, by SET LOCAL, because Citus propagates no other way of setting to its nodes. */
export const enterScope = async (em: EntityManager, { reads, writes, isOfFewRows = false }: RowScope): Promise<void> => {
  const few = isOfFewRows ? sql`; set local cchc.rows = 'few'` : sql``;
  await sql`set local cchc.reads = ${sql.lit(reads)}; set local cchc.writes = ${sql.lit(writes)}${few}`.execute(em.getKysely());
};

const setting = (names: Readonly<Record<string, string>>) =>
  template(
    Object.keys(names),
    (v) => sql`select ${sql.join(Object.entries(names).map(([hole, name]) => sql`set_config(${sql.lit(name)}, ${v[hole]}, true)`))}`,
  );
const SETTING = {
  few: setting({ reads: "cchc.reads", writes: "cchc.writes", rows: "cchc.rows" }),
  many: setting({ reads: "cchc.reads", writes: "cchc.writes" }),
};

/** One prepared statement, except where Citus propagates SET LOCAL alone. */
export const settingsOf = ({ reads, writes, isOfFewRows = false }: RowScope, isDistributed: boolean): Compiles[] => {
  if (!isDistributed) return [isOfFewRows ? SETTING.few({ reads, writes, rows: "few" }) : SETTING.many({ reads, writes })];
  const entries = Object.entries({ "cchc.reads": reads, "cchc.writes": writes, ...(isOfFewRows && { "cchc.rows": "few" }) });
  return entries.map(([name, value]) => sql`set local ${sql.raw(name)} = ${sql.lit(value)}`);
};
