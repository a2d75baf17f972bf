import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { randomUUID } from "node:crypto";
import { recordChange } from "../access/audit.ts";
import { coveredBy, rowScope } from "../access/scope.ts";
import { type Grant, grantsFor } from "../access/viewer.ts";
import { type Rows, rowsOf } from "../db/reader.ts";
import { BadUserInput, DomainError } from "../errors.ts";
import type { Context } from "../server/context.ts";
import { readUnitDirectory, type UnitDirectory } from "../units/unit-directory.ts";
import { ensureKept } from "./count-tree.service.ts";
import { applyStage, judgeStage, lockSource, outcomesOf, retractStage, type Staged, STATUSES } from "./dossier-apply.store.ts";
import { type DossierRow, type ImportWorld, type RowProblem, stageRow, type StagedDossier } from "./dossier-stage.ts";
import { readCalendar, readProcedures } from "./import-world.ts";
import { type ImportSource, openSource } from "./import-source.service.ts";

export const MAX_DOSSIERS = 5000;
const MAX_PROBLEMS = 1000;
const IN_MESSAGE = 10;

export interface ImportProblem extends RowProblem {
  /** Place in the list, counted from 1; row of a file, whose header is 1. */
  readonly row: number;
  readonly dossier: string | null;
}

export interface ImportReport {
  readonly id: string;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly stale: number;
  readonly rejected: number;
  readonly problems: readonly ImportProblem[];
}

/** Rolls a transaction back and carries what it found. */
class NothingKept extends Error {
  readonly report: ImportReport;

  constructor(report: ImportReport) {
    super("nothing is kept");
    this.report = report;
  }
}

export interface ImportOptions {
  readonly partial: boolean;
  readonly dryRun: boolean;
}

/**
 * Takes dossiers of one source: all or nothing unless partial, and nothing in a dry run, whose report is of what would be.
 * @throws BadUserInput naming the rows and what is wrong with each, DomainError FORBIDDEN for a source outside the caller's scope.
 */
export const importDossiers = async (
  context: Context,
  sourceKey: string,
  dossiers: readonly DossierRow[],
  { partial, dryRun }: ImportOptions,
): Promise<ImportReport> => {
  const viewer = context.viewer!;
  if (dossiers.length === 0 || dossiers.length > MAX_DOSSIERS)
    throw new BadUserInput("dossiers", dossiers.length, `accepted are 1 to ${MAX_DOSSIERS} dossiers`);
  const grants = grantsFor(viewer, "OFFICER");
  await ensureKept(context.reader, context.today);
  const world = await worldOf(context, grants, dossiers);
  const { staged, problems } = stageAll(world, dossiers);
  const by = { actor: viewer.actor, actorName: viewer.name, at: context.now };
  return keptReport(partial, () =>
    context.reader.write(rowScope(viewer, "OFFICER"), async (em) => {
      const source = await openSource(em, { key: sourceKey, grants, units: staged.map(({ unit_id: unit }) => unit as number), by });
      const key = randomUUID();
      const stage: Staged = { key, sourceId: source.id, stage: sql`dossier_stage`, grants };
      await lockSource(em, source.id);
      await putInStage(em, key, staged);
      await judgeStage(em, stage);
      const report = await reportOf(em, stage, problems);
      if (dryRun || (report.rejected > 0 && !partial)) throw new NothingKept(report);
      await applyStage(em, stage, context.now);
      await emptyStage(em, key);
      await noteImport(em, { source, report, operation: "importDossiers", by });
      return report;
    }),
  ).finally(() => context.renew());
};

/** @throws BadUserInput where rows were refused, and so nothing was kept; the report of a dry run or of what was kept. */
const keptReport = async (isPartial: boolean, work: () => Promise<ImportReport>): Promise<ImportReport> => {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof NothingKept)) throw error;
    const { report } = error;
    if (report.rejected === 0 || isPartial) return report;
    throw refusedRows(report);
  }
};

const refusedRows = ({ rejected, problems }: ImportReport): DomainError => {
  const words = problems.slice(0, IN_MESSAGE).map(({ row, message }) => `row ${row}: ${message}`);
  const more = problems.length > IN_MESSAGE ? ` … and ${problems.length - IN_MESSAGE} more problems` : "";
  const rows = rejected === 1 ? "1 row was" : `${rejected} rows were`;
  return new DomainError("BAD_USER_INPUT", `dossiers: ${rows} rejected and nothing was kept; ${words.join("; ")}${more}`, {
    argument: "dossiers",
    problems,
  });
};

const worldOf = async ({ reader, now }: Context, grants: readonly Grant[], dossiers: readonly DossierRow[]): Promise<ImportWorld> => {
  const codes = [...new Set(dossiers.flatMap(({ unit, receivedBy }) => (receivedBy == null ? [unit] : [unit, receivedBy])))];
  const [calendar, procedures, units] = await Promise.all([
    readCalendar(reader),
    readProcedures(
      reader,
      dossiers.map(({ procedure }) => procedure),
    ),
    readUnitDirectory(reader, codes),
  ]);
  const covered = await coveredUnits(reader, grants, units);
  return { calendar, procedures, units, now: now.getTime(), isCovered: (unitNo) => covered.has(unitNo) };
};

const coveredUnits = async (rows: Rows, grants: readonly Grant[], units: UnitDirectory): Promise<Set<number>> => {
  const found = await rows.rows(
    sql<{ no: number }>`select a.no from unnest(${units.unitNumbers()}::int[]) a(no) where ${coveredBy(grants, sql`a.no`)}`,
  );
  return new Set(found.map(({ no }) => no));
};

const stageAll = (world: ImportWorld, dossiers: readonly DossierRow[]) => {
  const staged: StagedDossier[] = [];
  const problems: ImportProblem[] = [];
  for (const [n, dossier] of dossiers.entries()) {
    const result = stageRow(world, n + 1, dossier);
    if ("row" in result) staged.push(result);
    else problems.push(...result.map((problem) => ({ row: n + 1, dossier: dossier.code, ...problem })));
  }
  return { staged, problems };
};

const putInStage = (em: EntityManager, key: string, staged: readonly StagedDossier[]) =>
  sql`insert into dossier_stage select * from jsonb_populate_recordset(null::dossier_stage, ${JSON.stringify(
    staged.map((row) => ({ ...row, import: key })),
  )}::jsonb)`.execute(em.getKysely());

export const emptyStage = (em: EntityManager, key: string) =>
  sql`delete from dossier_stage where import = ${key}::uuid`.execute(em.getKysely());

const MESSAGES: Readonly<Record<string, { readonly field: string; readonly message: string }>> = {
  CONFLICT: { field: "updatedAt", message: "updatedAt: the same dossier is known with this updatedAt and another content" },
  OUTSIDE_SCOPE: {
    field: "unit",
    message: "unit: the dossier is handled by a unit outside those on which the caller has the role OFFICER",
  },
};

/** The next rows of the stage that were refused, after a row. */
export const rejectedRows = async (em: EntityManager, stage: Staged, after: number): Promise<ImportProblem[]> => {
  const rows = await rowsOf(em).rows(sql<{ row: number; code: string; problem: string }>`
    select s.row, s.code, s.problem from ${stage.stage} s
    where s.import = ${stage.key}::uuid and s.status = ${sql.lit(STATUSES.REJECTED)} and s.row > ${after} order by s.row limit ${MAX_PROBLEMS}`);
  return rows.map(({ row, code, problem }) => ({ row, dossier: code, code: problem, ...MESSAGES[problem]! }));
};

/** What will become of the rows, with the first problems in the order of the rows. */
export const reportOf = async (em: EntityManager, stage: Staged, found: readonly ImportProblem[]): Promise<ImportReport> => {
  const outcomes = await outcomesOf(em, stage);
  const problems = [...found, ...(await rejectedRows(em, stage, 0))];
  const count = (status: number) => outcomes.get(status) ?? 0;
  return {
    ...{ id: stage.key, created: count(STATUSES.CREATED), updated: count(STATUSES.UPDATED), unchanged: count(STATUSES.UNCHANGED) },
    ...{ stale: count(STATUSES.STALE), rejected: count(STATUSES.REJECTED) + new Set(found.map(({ row }) => row)).size },
    problems: problems.toSorted((a, b) => a.row - b.row).slice(0, MAX_PROBLEMS),
  };
};

export interface ImportNote {
  readonly source: ImportSource;
  readonly report: ImportReport;
  readonly operation: string;
  readonly by: { readonly actor: string; readonly actorName: string; readonly at: Date };
  readonly reason?: string;
}

/** One row of the import ledger, and one of the audit trail. */
export const noteImport = async (em: EntityManager, { source, report, operation, by, reason }: ImportNote): Promise<void> => {
  const { created, updated, unchanged, stale, rejected } = report;
  await sql`
    insert into record_import (province_id, key, kind, source_id, at, actor, operation, created, updated, unchanged, stale, rejected)
    values (${source.provinceNo}, ${report.id}, 'DOSSIERS', ${source.id}, ${by.at.toISOString()}::timestamptz, ${by.actor}, ${operation},
      ${created}, ${updated}, ${unchanged}, ${stale}, ${rejected})`.execute(em.getKysely());
  await recordChange(em, {
    ...{ ...by, operation, unitNo: source.unitNo, subject: source.key, before: null },
    after: { import: report.id, created, updated, unchanged, stale, rejected, ...(reason !== undefined && { reason }) },
  });
};

const MAX_CODES = 1000;
const MAX_REASON = 2000;

/**
 * Takes back dossiers that should never have been sent; the audit trail keeps what they were. All or nothing.
 * @throws BadUserInput for a code that the source has not sent, DomainError FORBIDDEN outside the caller's scope.
 */
export const retractDossiers = async (
  context: Context,
  sourceKey: string,
  given: readonly string[],
  reason: string,
): Promise<ImportReport> => {
  const viewer = context.viewer!;
  const codes = [...new Set(given)];
  if (codes.length === 0 || codes.length > MAX_CODES) throw new BadUserInput("codes", codes.length, `accepted are 1 to ${MAX_CODES} codes`);
  const words = reason.trim().normalize("NFC");
  if (words === "" || words.length > MAX_REASON || words.includes("\0"))
    throw new BadUserInput("reason", reason, `accepted are 1 to ${MAX_REASON} characters`);
  const grants = grantsFor(viewer, "OFFICER");
  const by = { actor: viewer.actor, actorName: viewer.name, at: context.now };
  return context.reader
    .write(rowScope(viewer, "OFFICER"), async (em) => {
      const source = await openSource(em, { key: sourceKey, grants, units: null, by });
      const key = randomUUID();
      const stage: Staged = { key, sourceId: source.id, stage: sql`dossier_stage`, grants };
      await lockSource(em, source.id);
      const found = await nameInStage(
        em,
        stage,
        codes.filter((code) => !code.includes("\0")),
      );
      const missing = codes.find((code) => !found.has(code));
      if (missing !== undefined)
        throw new BadUserInput("codes", missing, `accepted are codes of dossiers of the source ${source.key} that the caller may write`);
      const before = await rowsOf(em).rows(sql<{ dossier: unknown }>`
        select to_jsonb(d) as dossier from dossier d join dossier_stage s on s.province_id = d.province_id and s.code = d.code
        where d.source_id = ${source.id} and s.import = ${key}::uuid order by d.code`);
      await retractStage(em, stage, context.now);
      await emptyStage(em, key);
      const report = { id: key, created: 0, updated: codes.length, unchanged: 0, stale: 0, rejected: 0, problems: [] };
      await noteImport(em, { source, report, operation: "retractDossiers", by, reason: words });
      for (const { dossier } of before) await recordRetracted(em, source, by, dossier);
      return report;
    })
    .finally(() => context.renew());
};

const recordRetracted = (em: EntityManager, source: ImportSource, by: ImportNote["by"], dossier: unknown) =>
  recordChange(em, {
    ...by,
    operation: "retractDossiers",
    unitNo: (dossier as { unit_id: number }).unit_id,
    subject: `${source.key} ${(dossier as { code: string }).code}`,
    before: dossier,
    after: null,
  });

/** Stages kept dossiers by their codes, as if they had been sent newer. @returns the codes found. */
const nameInStage = async (em: EntityManager, { key, sourceId, grants }: Staged, codes: readonly string[]): Promise<Set<string>> => {
  const isInside = grants === null ? sql`true` : coveredBy(grants, sql`d.unit_id`);
  const { rows } = await sql<{ code: string }>`
    insert into dossier_stage
    select x.* from dossier d cross join lateral jsonb_populate_record(null::dossier_stage,
      to_jsonb(d) || jsonb_build_object('import', ${key}::text, 'row', 0, 'status', ${sql.lit(STATUSES.UPDATED)})) x
    where d.source_id = ${sourceId} and d.code = any(${codes}::text[]) and ${isInside} returning code`.execute(em.getKysely());
  return new Set(rows.map(({ code }) => code));
};
