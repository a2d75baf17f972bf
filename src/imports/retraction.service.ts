import type { EntityManager } from "@mikro-orm/postgresql";
import { randomUUID } from "node:crypto";
import type { RequestContext } from "../access/request-context.ts";
import { rowScope } from "../access/scope.ts";
import { grantsFor } from "../access/viewer.ts";
import type { RecordKind } from "../counters/record.entity.ts";
import { settle, type TransactionOutcome } from "../database/outcome.ts";
import { recordChanges } from "../journal/audit.ts";
import { BadUserInput } from "../lib/errors.ts";
import { noteImport } from "./import-ledger.store.ts";
import type { ImportedBy, ImportReport } from "./import-report.ts";
import { type ImportSource, lockSource, openSource, type Sought, type SourceName } from "./import-source.service.ts";
import { emptyShared, sharedTables } from "./shared-staging.ts";
import type { Staged } from "./stage.ts";
import type { StageShape } from "./stage-table.ts";

type Caller = Pick<RequestContext, "session" | "viewer" | "now" | "renew">;

const MAX_CODES = 1000;
const MAX_REASON = 2000;

export interface Retraction extends SourceName {
  readonly codes: readonly string[];
  readonly reason: string;
}

/** A record as the audit trail stores it when it is retracted. */
export interface RetractedRecord {
  readonly unitNo: number;
  readonly code: string;
  readonly record: unknown;
}

interface Refused {
  readonly code: string;
  readonly message: string;
}

/** What a kind of record brings to its retraction. */
export interface RetractionKind {
  readonly kind: RecordKind;
  readonly shape: StageShape;
  readonly operation: string;
  readonly unknownCode: string;
  readonly shareReferences: (em: EntityManager) => Promise<void>;
  /** Stages stored records by their codes, as if they were updates. @returns the codes found. */
  readonly nameInStage: (em: EntityManager, staged: Staged, codes: readonly string[]) => Promise<Set<string>>;
  /** Reasons by code not to retract staged records. */
  readonly refusals: (em: EntityManager, staged: Staged) => Promise<ReadonlyMap<string, Refused>>;
  readonly readStaged: (em: EntityManager, staged: Staged) => Promise<RetractedRecord[]>;
  readonly retract: (em: EntityManager, staged: Staged, at: Date) => Promise<void>;
}

/**
 * Retracts records that were sent by mistake; the audit trail stores them. Atomic: codes that the source has not sent are problems of the report. @throws BadUserInput for
 * too many codes or an ambiguous source, DomainError FORBIDDEN outside the caller's scope.
 */
export const retractRecords = async (
  context: Caller,
  kind: RetractionKind,
  { source: name, owner, codes: given, reason }: Retraction,
): Promise<ImportReport & { readonly isKept: boolean }> => {
  const viewer = context.viewer!;
  const count = new Set(given).size;
  if (count === 0 || count > MAX_CODES) throw new BadUserInput("codes", count, `must contain 1 to ${MAX_CODES} codes`);
  const words = reason.trim().normalize("NFC");
  if (words === "" || words.length > MAX_REASON || words.includes("\0"))
    throw new BadUserInput("reason", reason, `must have 1 to ${MAX_REASON} characters`);
  const grants = grantsFor(viewer, "OFFICER");
  const by = { actor: viewer.actor, actorName: viewer.name, at: context.now };
  const retracting = { source: { source: name, owner, grants, at: context.now }, given, reason: words, by };
  const { report, committed } = await settle<RetractionOutcome>(
    (work) => context.session.write(rowScope(viewer, "OFFICER"), work),
    (em) => retractWithin(em, kind, retracting),
  ).finally(() => context.renew());
  return { ...report, isKept: committed };
};

interface RetractionOutcome extends TransactionOutcome {
  readonly report: ImportReport;
}

interface Retracting {
  readonly source: Sought;
  readonly given: readonly string[];
  readonly reason: string;
  readonly by: ImportedBy;
}

const retractWithin = async (
  em: EntityManager,
  kind: RetractionKind,
  { source: sought, given, reason, by }: Retracting,
): Promise<RetractionOutcome> => {
  const { operation, shape } = kind;
  const source = await openSource(em, sought);
  const key = randomUUID();
  const staged: Staged = { ...sharedTables(shape), key, sourceId: source.id, grants: sought.grants };
  await lockSource(em, source.id);
  await kind.shareReferences(em);
  const codes = [...new Set(given)].filter((code) => !code.includes("\0"));
  const found = await kind.nameInStage(em, staged, codes);
  const report = retractionOf(key, given, found, await kind.refusals(em, staged), unknownRecord(kind, source));
  if (report.rejected > 0) return { report, committed: false };
  const before = await kind.readStaged(em, staged);
  await kind.retract(em, staged, by.at);
  await emptyShared(em, shape, key);
  await noteImport(em, { kind: kind.kind, source, report, operation, by, reason });
  await recordChanges(
    em,
    before.map(({ unitNo, code, record }) => ({
      ...{ ...by, operation, unitNo, subject: `${source.name} ${code}` },
      ...{ before: record, after: null },
    })),
  );
  return { report, committed: true };
};

const unknownRecord = ({ kind, unknownCode }: RetractionKind, { name }: ImportSource): Refused => ({
  code: unknownCode,
  message: `codes: must be codes of ${kind.toLowerCase()} of the source ${name} that the caller may write`,
});

const retractionOf = (
  id: string,
  given: readonly string[],
  found: ReadonlySet<string>,
  refused: ReadonlyMap<string, Refused>,
  unknown: Refused,
): ImportReport => {
  const problems = given.flatMap((code, n) => {
    const refusal = found.has(code) ? refused.get(code) : unknown;
    return refusal ? [{ row: n + 1, record: code, field: "codes", ...refusal }] : [];
  });
  const [updated, rejected] = [found.size, new Set(problems.map(({ record }) => record)).size];
  return { id, created: 0, updated, unchanged: 0, stale: 0, rejected, problems, warnings: [] };
};
