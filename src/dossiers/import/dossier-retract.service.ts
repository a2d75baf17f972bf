import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { randomUUID } from "node:crypto";
import { type Change, recordChanges } from "../../journal/audit.ts";
import { coveredBy, rowScope } from "../../access/scope.ts";
import { grantsFor } from "../../access/viewer.ts";
import { rowsOf } from "../../database/reader.ts";
import { BadUserInput } from "../../lib/errors.ts";
import type { RequestContext } from "../../access/request-context.ts";
import { shareProcedures } from "../../procedures/procedure-load.service.ts";
import { type TransactionOutcome, settle } from "../../database/outcome.ts";
import { noteImport } from "../../imports/import-ledger.store.ts";
import type { ImportedBy, ImportReport } from "../../imports/import-report.ts";
import { type Staged, STATUSES } from "../../imports/stage.ts";
import { emptyStage, isOfSource, sharedColumns, sharedNames, retractStage, sharedStage } from "./dossier-apply.store.ts";
import { type ImportSource, lockSource, openSource, type Sought, type SourceName } from "../../imports/import-source.service.ts";

type Caller = Pick<RequestContext, "session" | "viewer" | "now" | "renew">;

const MAX_CODES = 1000;
const MAX_REASON = 2000;

export interface DossierRetraction extends SourceName {
  readonly codes: readonly string[];
  readonly reason: string;
}

/**
 * Retracts dossiers that were sent by mistake; the audit trail stores them. Atomic: codes that the source has not sent are problems of the report. @throws BadUserInput for
 * too many codes or an ambiguous source, DomainError FORBIDDEN outside the caller's scope.
 */
export const retractDossiers = async (
  context: Caller,
  { source: name, owner, codes: given, reason }: DossierRetraction,
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
    (em) => retractWithin(em, retracting),
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

const retractWithin = async (em: EntityManager, { source: sought, given, reason, by }: Retracting): Promise<RetractionOutcome> => {
  const source = await openSource(em, sought);
  const key = randomUUID();
  const stage: Staged = { ...sharedStage, key, sourceId: source.id, grants: sought.grants };
  await lockSource(em, source.id);
  await shareProcedures(em);
  const codes = [...new Set(given)].filter((code) => !code.includes("\0"));
  const report = retractionOf(key, source, given, await nameInStage(em, stage, codes));
  if (report.rejected > 0) return { report, committed: false };
  const before = await stagedBefore(em, stage);
  await retractStage(em, stage, by.at);
  await emptyStage(em, key);
  await noteImport(em, { kind: "DOSSIERS", source, report, operation: "retractDossiers", by, reason });
  await recordChanges(
    em,
    before.map((dossier) => retracted(source, by, dossier)),
  );
  return { report, committed: true };
};

const stagedBefore = async (em: EntityManager, { sourceId, key }: Staged): Promise<StoredDossier[]> => {
  const rows = await rowsOf(em).rows(sql<{ dossier: StoredDossier }>`
    select to_jsonb(d) || jsonb_build_object('paused', (select coalesce(jsonb_agg(jsonb_build_array(p.reason, p.from_at, p.to_at) order by p.position), '[]')
      from dossier_pause p where p.province_id = d.province_id and p.source_id = d.source_id and p.code = d.code)) as dossier
    from dossier d join dossier_stage s on s.province_id = d.province_id and s.code = d.code
    where d.source_id = ${sourceId} and s.import = ${key}::uuid order by d.code`);
  return rows.map(({ dossier }) => dossier);
};

const retractionOf = (id: string, source: ImportSource, given: readonly string[], found: ReadonlySet<string>): ImportReport => {
  const problems = given.flatMap((code, n) => (found.has(code) ? [] : [{ row: n + 1, record: code, ...unknownCode(source) }]));
  const [updated, rejected] = [found.size, new Set(problems.map(({ record }) => record)).size];
  return { id, created: 0, updated, unchanged: 0, stale: 0, rejected, problems, warnings: [] };
};

const unknownCode = ({ name }: ImportSource) => ({
  field: "codes",
  code: "UNKNOWN_DOSSIER",
  message: `codes: must be codes of dossiers of the source ${name} that the caller may write`,
});

interface StoredDossier {
  readonly unit_id: number;
  readonly code: string;
}

const retracted = (source: ImportSource, by: ImportedBy, dossier: StoredDossier): Change => ({
  ...{ ...by, operation: "retractDossiers", unitNo: dossier.unit_id, subject: `${source.name} ${dossier.code}` },
  ...{ before: dossier, after: null },
});

/** Stages stored dossiers by their codes, as if they were updates. @returns the codes found. */
const nameInStage = async (em: EntityManager, { key, sourceId, grants }: Staged, codes: readonly string[]): Promise<Set<string>> => {
  const isInside = grants === null ? sql`true` : coveredBy(grants, sql`d.unit_id`);
  const { rows } = await sql<{ code: string }>`
    insert into dossier_stage (import, "row", status, province_id, code, ${sharedNames})
    select ${key}::uuid, 0, ${sql.lit(STATUSES.UPDATED)}, d.province_id, d.code, ${sharedColumns("d")} from dossier d
    where ${isOfSource({ sourceId })} and d.code = any(${codes}::text[]) and ${isInside} returning code`.execute(em.getKysely());
  return new Set(rows.map(({ code }) => code));
};
