import type { EntityManager } from "@mikro-orm/postgresql";
import type { RawBuilder } from "kysely";
import type { Grant } from "../access/viewer.ts";
import { declareWithin } from "../counters/declare.store.ts";
import type { RecordKind } from "../counters/record.entity.ts";
import { type TransactionOutcome, settle } from "../database/outcome.ts";
import type { Day } from "../lib/time/date.ts";
import { noteImport } from "./import-ledger.store.ts";
import { hasGoodRow, type ImportedBy, type ImportProblem, type ImportReport, type ImportWarning, MAX_PROBLEMS } from "./import-report.ts";
import { findSource, type ImportSource, lockSource, makeSource, type SourceName } from "./import-source.service.ts";
import { countStatuses, NO_SOURCE, type Refusals, rejectedRows, type Staged, STATUSES } from "./stage.ts";

/** What a kind of record brings: its tables, and the statements that know their columns. */
export interface ImportKind {
  readonly kind: RecordKind;
  /** Keeps what the rows were checked against as it is until the transaction ends. */
  readonly shareReferences: (em: EntityManager) => Promise<void>;
  /** Gives each staged row its status, by what the source sent before. */
  readonly classify: (em: EntityManager, staged: Staged) => Promise<void>;
  readonly refusals: Refusals;
  readonly warnings: (em: EntityManager, staged: Staged) => AsyncIterable<ImportWarning>;
  /** Stores what the rows change of the counters, while the rows that they replace can still be read. */
  readonly noteChanges: (em: EntityManager, staged: Staged) => Promise<void>;
  readonly write: (em: EntityManager, staged: Staged, at: Date) => Promise<void>;
  /** Adds the changes to the counters. It comes last, for it takes locks that other imports wait for. */
  readonly countChanges: (em: EntityManager, staged: Staged) => Promise<void>;
}

/** How rows come into the stage: in this alone imports differ. */
export interface Staging {
  readonly key: string;
  readonly stage: RawBuilder<unknown>;
  readonly deltas: RawBuilder<unknown>;
  /** Puts the rows into the stage, unless they are there. @returns the units of the rows. */
  readonly fill: (em: EntityManager) => Promise<readonly number[]>;
  /** The first problems of rows that could not be staged, and how many such rows there are. */
  readonly problems: readonly ImportProblem[];
  readonly rejected: number;
  /** Runs transactions beside that of the import, where no other import uses the tables; null where imports share them. */
  readonly beside: ((work: (em: EntityManager) => Promise<void>) => Promise<void>) | null;
  /** Takes the rows out of the stage. */
  readonly empty: (em: EntityManager) => Promise<void>;
}

export interface ImportOptions extends SourceName {
  readonly grants: readonly Grant[] | null;
  readonly sourceKind?: "RECORDS" | "SYNTHETIC";
  readonly partial: boolean;
  readonly dryRun: boolean;
  /** The days for which the records of the units are complete; declared only where no row is rejected. */
  readonly complete: { readonly since: Day; readonly through: Day } | null;
  readonly by: ImportedBy;
  /** For the ledger of imports and the audit trail. */
  readonly operation: string;
  /** With them all problems and warnings are read, else the first ones. */
  readonly onProblem?: (problem: ImportProblem) => void;
  readonly onWarning?: ((warning: ImportWarning) => void) | undefined;
  readonly onPhase?: ((phase: string) => void) | undefined;
  /** Nothing is committed once it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

export interface ImportOutcome extends TransactionOutcome {
  readonly report: ImportReport;
  /** Units whose records are declared complete; null where nothing was to be declared. */
  readonly declared: number | null;
}

/**
 * Imports rows by one transaction: prepare, stage, classify, apply, report. Nothing is committed in a dry run, where no row is good, and where
 * a row is rejected and the import is not partial.
 */
export const importRows = (
  transaction: (work: (em: EntityManager) => Promise<ImportOutcome>) => Promise<ImportOutcome>,
  kind: ImportKind,
  staging: Staging,
  options: ImportOptions,
): Promise<ImportOutcome> => settle(transaction, (em) => importWithin(em, kind, staging, options));

const importWithin = async (em: EntityManager, kind: ImportKind, staging: Staging, options: ImportOptions): Promise<ImportOutcome> => {
  const { partial, dryRun, complete, by, operation, signal, onPhase, grants } = options;
  const known = await prepare(em, kind, options);
  const units = await staging.fill(em);
  const { key, stage, deltas } = staging;
  const staged: Staged = { key, stage, deltas, sourceId: known?.id ?? NO_SOURCE, grants };
  await apart(em, staging)((other) => kind.classify(other, staged));
  const report = await reportOf(em, kind, staging, staged, options);
  const undone = { report, committed: false, declared: complete && 0 };
  if (!hasGoodRow(report) || (report.rejected > 0 && !partial)) return undone;
  const source = known ?? (await makeSource(em, { ...options, units, ...(options.sourceKind && { kind: options.sourceKind }) }));
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

/** Takes the locks, in their order. @returns the source, null where it is to be made. */
const prepare = async (em: EntityManager, kind: ImportKind, { source, owner, grants, by }: ImportOptions): Promise<ImportSource | null> => {
  const known = await findSource(em, { source, owner, grants, at: by.at });
  if (known) await lockSource(em, known.id);
  await kind.shareReferences(em);
  return known;
};

const apart = (em: EntityManager, { beside }: Staging) => beside ?? ((work: (em: EntityManager) => Promise<void>) => work(em));

/** Beside the transaction of the import, the changes are noted while the rows are written, for both take as long. */
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

/** Ends when both have ended, and fails as either did. */
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

/** @returns the first problems of rows that were staged. */
const readProblems = async (em: EntityManager, { refusals }: ImportKind, staged: Staged, { onProblem }: ImportOptions) => {
  const first = await rejectedRows(em, staged, refusals, 0);
  if (!onProblem) return first;
  for (let rows = first; rows.length > 0; rows = await rejectedRows(em, staged, refusals, rows.at(-1)!.row)) rows.forEach(onProblem);
  return first;
};

/** @returns the first warnings. */
const readWarnings = async (em: EntityManager, kind: ImportKind, staged: Staged, { onWarning }: ImportOptions) => {
  const first: ImportWarning[] = [];
  for await (const warning of kind.warnings(em, staged)) {
    onWarning?.(warning);
    if (first.length < MAX_PROBLEMS) first.push(warning);
    else if (!onWarning) break;
  }
  return first;
};
