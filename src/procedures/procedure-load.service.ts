import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { createHash } from "node:crypto";
import { recordChange } from "../journal/audit.ts";
import { rowsOf } from "../database/reader.ts";
import { shareLock, takeLock } from "../database/locks.ts";
import { DomainError } from "../lib/errors.ts";
import { countryNo } from "../hierarchy/country.ts";
import { heldHierarchy } from "../hierarchy/current-hierarchy.ts";
import { foldName } from "../hierarchy/fold.ts";
import { cleanProcedure, type ProcedureRow, problemsOfProcedures, type RowProblem } from "./procedure-check.ts";
import { relation } from "../database/relation.ts";

export interface LoadedBy {
  readonly actor: string;
  readonly actorName: string;
  readonly at: Date;
}

export interface LoadedProcedures {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly dossiers: number;
}

/** Copies what changed of procedures to their dossiers, in the same transaction. @returns the number of dossiers. */
type Carry = (em: EntityManager, procedures: readonly number[]) => Promise<number>;

const IN_MESSAGE = 10;

/** Writers of dossiers share the catalogue until the transaction ends; changes of the catalogue and these writers exclude each other. */
export const shareProcedures = (em: EntityManager) => shareLock(em, "procedures");

/** Waits for writers of dossiers and blocks new ones until the transaction ends. */
export const lockProcedures = (em: EntityManager) => takeLock(em, "procedures");

/** Adds checked procedures to an empty catalogue. */
export const addProcedures = async (em: EntityManager, rows: readonly ProcedureRow[]): Promise<void> => {
  await upsertFields(em, rows);
  await upsertProcedures(em, rows);
};

/**
 * Adds procedures and replaces those with the same code; the others stay. Field, fee and level apply to all dossiers of a procedure, also past ones, because the catalogue
 * has no dates; due days do not change. Atomic, with an audit entry if anything changes. @throws DomainError BAD_USER_INPUT with extensions.problems, whose `row` counts
 * from 0.
 */
export const loadProcedures = async (
  em: EntityManager,
  given: readonly ProcedureRow[],
  by: LoadedBy,
  carry: Carry,
): Promise<LoadedProcedures> => {
  refuse(problemsOfProcedures(given));
  const rows = given.map(cleanProcedure);
  return em.transactional(async (inside) => {
    await lockProcedures(inside);
    const stored = await storedProcedures(inside, rows);
    const created = rows.filter(({ code }) => !stored.has(code));
    const updated = rows.filter((row) => stored.has(row.code) && !isSame(row, stored.get(row.code)!.row));
    const changed = { created: created.length, updated: updated.length, unchanged: rows.length - created.length - updated.length };
    if (created.length + updated.length === 0) return { ...changed, dossiers: 0 };
    await upsertFields(inside, rows);
    await upsertProcedures(inside, [...created, ...updated]);
    const moved = updated.filter((row) => isCarried(stored.get(row.code)!.row, row));
    const dossiers = await carry(
      inside,
      moved.map(({ code }) => stored.get(code)!.no),
    );
    const counts = { ...changed, dossiers };
    await recordChange(inside, {
      ...{ ...by, operation: "import procedures", unitNo: countryNo(await heldHierarchy(inside)), subject: null },
      before: updated.map(({ code }) => stored.get(code)!.row),
      after: { ...counts, updated, digest: createHash("sha256").update(JSON.stringify(rows)).digest("hex") },
    });
    return counts;
  });
};

const refuse = (problems: readonly RowProblem[]): void => {
  if (problems.length === 0) return;
  const shown = problems.slice(0, IN_MESSAGE).map(({ row, message }) => `row ${row}: ${message}`);
  const rest = problems.length > IN_MESSAGE ? [`and ${problems.length - IN_MESSAGE} more`] : [];
  throw new DomainError("BAD_USER_INPUT", [...shown, ...rest].join("\n"), { problems });
};

interface StoredProcedure {
  readonly no: number;
  readonly row: ProcedureRow;
}

const storedProcedures = async (em: EntityManager, rows: readonly ProcedureRow[]): Promise<ReadonlyMap<string, StoredProcedure>> => {
  const found = await rowsOf(em).rows(sql<ProcedureRow & { no: number }>`
    select p.id as no, p.code, p.name, f.code as field, f.name as "fieldName", p.competence, p.service_level as "serviceLevel",
      p.working_days as "workingDays", p.has_fee as "hasFee"
    from procedure p join procedure_field f on f.id = p.field_id where p.code = any(${rows.map(({ code }) => code)}::text[])`);
  return new Map(found.map(({ no, ...row }) => [row.code, { no, row }]));
};

const isSame = (one: ProcedureRow, other: ProcedureRow): boolean =>
  (Object.keys(one) as (keyof ProcedureRow)[]).every((column) => one[column] === other[column]);

/** True if the change affects the counters of its dossiers. */
const isCarried = (before: ProcedureRow, after: ProcedureRow): boolean =>
  before.field !== after.field || before.hasFee !== after.hasFee || (before.serviceLevel === "FULL") !== (after.serviceLevel === "FULL");

const upsertFields = async (em: EntityManager, rows: readonly ProcedureRow[]): Promise<void> => {
  const names = [...new Map(rows.map(({ field, fieldName }) => [field, fieldName]))];
  await sql`
    insert into procedure_field as f (code, name)
    select * from ${relation("n", names, { code: ["text", ([code]) => code], name: ["text", ([, name]) => name] })}
    on conflict (code) do update set name = excluded.name where f.name <> excluded.name`.execute(em.getKysely());
};

const upsertProcedures = async (em: EntityManager, rows: readonly ProcedureRow[]): Promise<void> => {
  await sql`
    insert into procedure (code, name, words, field_id, competence, service_level, working_days, has_fee)
    select k.code, k.name, k.words, f.id, k.competence, k.service_level, k.working_days, k.has_fee
    from ${relation("k", rows, {
      code: ["text", ({ code }) => code],
      name: ["text", ({ name }) => name],
      words: ["text", ({ name }) => foldName(name)],
      field: ["text", ({ field }) => field],
      competence: ["text", ({ competence }) => competence],
      service_level: ["text", ({ serviceLevel }) => serviceLevel],
      working_days: ["float8", ({ workingDays }) => workingDays],
      has_fee: ["boolean", ({ hasFee }) => hasFee],
    })}
    join procedure_field f on f.code = k.field
    on conflict (code) do update set name = excluded.name, words = excluded.words, field_id = excluded.field_id, competence = excluded.competence,
      service_level = excluded.service_level, working_days = excluded.working_days, has_fee = excluded.has_fee`.execute(em.getKysely());
};
