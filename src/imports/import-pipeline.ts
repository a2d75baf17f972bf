import type { EntityManager } from "@mikro-orm/postgresql";
import type { RawBuilder } from "kysely";
import type { Grant } from "../access/viewer.ts";
import { declareWithin } from "../counters/declare.store.ts";
import { type TransactionOutcome, settle } from "../database/outcome.ts";
import type { Day } from "../lib/time/date.ts";
import type { RecordTable } from "./compare.store.ts";
import { noteImport } from "./import-ledger.store.ts";
import { hasGoodRow, type ImportedBy, type ImportProblem, type ImportReport, type ImportWarning, MAX_PROBLEMS } from "./import-report.ts";
import { findSource, type ImportSource, lockSource, makeSource, type SourceName } from "./import-source.service.ts";
import { countStatuses, NO_SOURCE, type Refusals, rejectedRows, type Staged, STATUSES } from "./stage.ts";

/** What a kind of record provides: its tables, and statements that use their columns. */
export interface ImportKind extends RecordTable {
  /** Locks the reference data of the rows until the transaction ends. */
  readonly shareReferences: (em: EntityManager) => Promise<void>;
  /** Gives each staged row its status by comparison with stored records. */
  readonly classify: (em: EntityManager, staged: Staged) => Promise<void>;
  readonly refusals: Refusals;
  readonly warnings: (em: EntityManager, staged: Staged) => AsyncIterable<ImportWarning>;
  /** Records the counter changes of the rows; must run before they replace stored records. */
  readonly noteChanges: (em: EntityManager, staged: Staged) => Promise<void>;
  readonly write: (em: EntityManager, staged: Staged, at: Date) => Promise<void>;
  /** Applies the changes to the counters. It comes last, because its locks block other imports. */
  readonly countChanges: (em: EntityManager, staged: Staged) => Promise<void>;
}

/** How rows reach the stage; imports differ in this alone. */
export interface Staging {
  readonly key: string;
  readonly stage: RawBuilder<unknown>;
  readonly deltas: RawBuilder<unknown>;
  readonly fill: (em: EntityManager) => Promise<readonly number[]>;
  readonly problems: readonly ImportProblem[];
  readonly rejected: number;
  /** Runs transactions parallel to the import's if no other import uses the tables; null for shared tables. */
  readonly beside: ((work: (em: EntityManager) => Promise<void>) => Promise<void>) | null;
  readonly empty: (em: EntityManager) => Promise<void>;
}

export interface ImportOptions extends SourceName {
  readonly grants: readonly Grant[] | null;
  readonly sourceKind?: "RECORDS" | "SYNTHETIC";
  readonly partial: boolean;
  readonly dryRun: boolean;
  /** The days for which the records of the units are declared complete, unless a row is rejected. */
  readonly complete: { readonly since: Day; readonly through: Day } | null;
  readonly by: ImportedBy;
  readonly operation: string;
  /** If set, all problems and warnings are read; otherwise the first ones. */
  readonly onProblem?: (problem: ImportProblem) => void;
  readonly onWarning?: ((warning: ImportWarning) => void) | undefined;
  readonly onPhase?: ((phase: string) => void) | undefined;
  /** An abort before the commit stores nothing. */
  readonly signal?: AbortSignal | undefined;
}

export interface ImportOutcome extends TransactionOutcome {
  readonly report: ImportReport;
  readonly declared: number | null;
}

/**
 * Imports rows in one transaction: prepare, stage, classify, apply, report. It rolls back in a dry run, without a valid row, and if a row is rejected and the import is not
 * partial.
 */
export const importRows = (
  transaction: (work: (em: EntityManager) => Promise<ImportOutcome>) => Promise<ImportOutcome>,
  kind: ImportKind,
  staging: Staging,
  options: ImportOptions,
): Promise<ImportOutcome> => settle(transaction, (em) => importWithin(em, kind, staging, options));

const importWithin = async (em: EntityManager, kind: ImportKind, staging: Staging, options: ImportOptions): Promise<ImportOutcome> => {
  const { partial, dryRun, complete, by, operation, signal, onPhase, grants } = options;
  const existing = await prepare(em, kind, options);
  const units = await staging.fill(em);
  const { key, stage, deltas } = staging;
  const staged: Staged = { key, stage, deltas, sourceId: existing?.id ?? NO_SOURCE, grants };
  await apart(em, staging)((other) => kind.classify(other, staged));
  const report = await reportOf(em, kind, staging, staged, options);
  const undone = { report, committed: false, declared: complete && 0 };
  if (!hasGoodRow(report) || (report.rejected > 0 && !partial)) return undone;
  const source = existing ?? (await makeSource(em, { ...options, units, ...(options.sourceKind && { kind: options.sourceKind }) }));
  if (dryRun) return undone;
  signal?.throwIfAborted();
  onPhase?.("writing records and counters");
  await apply(em, kind, staging, { ...staged, sourceId: source.id }, by.at);
  const isWhole = report.rejected === 0;
  if (complete !== null && isWhole) await declareWithin(em, { kind: kind.kind, unitNos: units, ...complete, by });
  await noteImport(em, { kind: kind.kind, source, report, operation, by });
  signal?.throwIfAborted();
  return { report, committed: true, declared: complete && (isWhole ? units.length : 0) };
};

/** Takes the locks in their order. @returns the source, or null if it does not exist yet. */
const prepare = async (em: EntityManager, kind: ImportKind, { source, owner, grants, by }: ImportOptions): Promise<ImportSource | null> => {
  const existing = await findSource(em, { source, owner, grants, at: by.at });
  if (existing) await lockSource(em, existing.id);
  await kind.shareReferences(em);
  return existing;
};

const apart = (em: EntityManager, { beside }: Staging) => beside ?? ((work: (em: EntityManager) => Promise<void>) => work(em));

/** Writes the rows and records the changes in parallel if possible, because both take equally long. */
const apply = async (em: EntityManager, kind: ImportKind, staging: Staging, staged: Staged, at: Date): Promise<void> => {
  const note = () => apart(em, staging)((other) => kind.noteChanges(other, staged));
  if (staging.beside) await both(note(), kind.write(em, staged, at));
  else {
    await note();
    await kind.write(em, staged, at);
  }
  await kind.countChanges(em, staged);
  await staging.empty(em);
};

const both = async (...works: readonly Promise<void>[]): Promise<void> => {
  const failed = (await Promise.allSettled(works)).find((work) => work.status === "rejected");
  if (failed) throw failed.reason;
};

const reportOf = async (
  em: EntityManager,
  kind: ImportKind,
  { problems: found, rejected }: Staging,
  staged: Staged,
  options: ImportOptions,
): Promise<ImportReport> => {
  const counts = await countStatuses(em, staged);
  const count = (status: number) => counts.get(status) ?? 0;
  const problems = [...found, ...(await readProblems(em, kind, staged, options))].toSorted((a, b) => a.row - b.row);
  return {
    id: staged.key,
    ...{ created: count(STATUSES.CREATED), updated: count(STATUSES.UPDATED), unchanged: count(STATUSES.UNCHANGED) },
    ...{ stale: count(STATUSES.STALE), rejected: count(STATUSES.REJECTED) + rejected },
    problems: problems.slice(0, MAX_PROBLEMS),
    warnings: await readWarnings(em, kind, staged, options),
  };
};

const readProblems = async (em: EntityManager, { refusals }: ImportKind, staged: Staged, { onProblem }: ImportOptions) => {
  const first = await rejectedRows(em, staged, refusals, 0);
  if (!onProblem) return first;
  for (let rows = first; rows.length > 0; rows = await rejectedRows(em, staged, refusals, rows.at(-1)!.row)) rows.forEach(onProblem);
  return first;
};

const readWarnings = async (em: EntityManager, kind: ImportKind, staged: Staged, { onWarning }: ImportOptions) => {
  const first: ImportWarning[] = [];
  for await (const warning of kind.warnings(em, staged)) {
    onWarning?.(warning);
    if (first.length < MAX_PROBLEMS) first.push(warning);
    else if (!onWarning) break;
  }
  return first;
};
