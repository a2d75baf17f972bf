import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { randomUUID } from "node:crypto";
import { coveredAmong } from "../../access/grant.ts";
import { rowScope } from "../../access/scope.ts";
import { type Grant, grantsFor } from "../../access/viewer.ts";
import { BadUserInput } from "../../lib/errors.ts";
import type { RequestContext } from "../../access/request-context.ts";
import { readUnitDirectory } from "../../hierarchy/unit-directory.ts";
import { ensurePresentTrees } from "../../counters/count-tree.service.ts";
import { type ImportProblem, type ImportReport, problemOf } from "../../imports/import-report.ts";
import { importRows, type Staging } from "../../imports/import-pipeline.ts";
import type { SourceName } from "../../imports/import-source.service.ts";
import { emptyStage, sharedStage } from "./dossier-apply.store.ts";
import { DOSSIER_IMPORT } from "./dossier-import-kind.ts";
import { type DossierRow, type ImportReferences, stageRow, type StagedDossier } from "./dossier-stage.ts";
import { readCalendar } from "../../calendar/work-calendar.store.ts";
import { readProcedures } from "./import-references.ts";

type Caller = Pick<RequestContext, "session" | "viewer" | "now" | "today" | "renew">;

export const MAX_DOSSIERS = 5000;
export interface DossierImport extends SourceName {
  readonly dossiers: readonly DossierRow[];
  readonly partial: boolean;
  readonly dryRun: boolean;
}

/**
 * Imports dossiers of one source: atomic unless partial, and nothing is stored in a dry run. Invalid rows are problems of the report, which also describes the effect of a
 * dry run. @throws BadUserInput for too many rows or an ambiguous source, DomainError FORBIDDEN for a source outside the caller's scope.
 */
export const importDossiers = async (
  context: Caller,
  { source: name, owner, dossiers, partial, dryRun }: DossierImport,
): Promise<ImportReport & { readonly isKept: boolean }> => {
  const viewer = context.viewer!;
  if (dossiers.length === 0 || dossiers.length > MAX_DOSSIERS)
    throw new BadUserInput("dossiers", dossiers.length, `must contain 1 to ${MAX_DOSSIERS} dossiers`);
  const grants = grantsFor(viewer, "OFFICER");
  await ensurePresentTrees(context.session, context.today);
  const references = await referencesOf(context, grants, dossiers);
  const { report, committed } = await importRows(
    (work) => context.session.write(rowScope(viewer, "OFFICER"), work),
    DOSSIER_IMPORT,
    stagingOf(references, dossiers),
    {
      ...{ source: name, owner, grants, partial, dryRun, complete: null, operation: "importDossiers" },
      by: { actor: viewer.actor, actorName: viewer.name, at: context.now },
    },
  ).finally(() => context.renew());
  return { ...report, isKept: committed };
};

const referencesOf = async (
  { session, now }: Pick<RequestContext, "session" | "now">,
  grants: readonly Grant[],
  dossiers: readonly DossierRow[],
): Promise<ImportReferences> => {
  const codes = [...new Set(dossiers.flatMap(({ unit, receivedBy }) => (receivedBy == null ? [unit] : [unit, receivedBy])))];
  const [calendar, procedures, units] = await Promise.all([
    readCalendar(session),
    readProcedures(
      session,
      dossiers.map(({ procedure }) => procedure),
    ),
    readUnitDirectory(session, codes),
  ]);
  const covered = await coveredAmong(session, grants, units.unitNumbers());
  return { calendar, procedures, units, now: now.getTime(), isCovered: (unitNo) => covered.has(unitNo) };
};

const stagingOf = (references: ImportReferences, dossiers: readonly DossierRow[]): Staging => {
  const key = randomUUID();
  const staged: StagedDossier[] = [];
  const problems: ImportProblem[] = [];
  for (const [n, dossier] of dossiers.entries()) {
    const result = stageRow(references, n + 1, dossier);
    if ("row" in result) staged.push(result);
    else problems.push(...result.map((problem) => problemOf(n + 1, dossier.code || null, problem)));
  }
  return {
    ...{ key, ...sharedStage, problems, rejected: dossiers.length - staged.length, beside: null },
    fill: async (em) => {
      await putInStage(em, key, staged);
      return staged.map(({ unit_id: unit }) => unit as number);
    },
    empty: (em) => emptyStage(em, key),
  };
};

const putInStage = (em: EntityManager, key: string, staged: readonly StagedDossier[]) =>
  sql`insert into dossier_stage select * from jsonb_populate_recordset(null::dossier_stage, ${JSON.stringify(
    staged.map((row) => ({ ...row, import: key })),
  )}::jsonb)`.execute(em.getKysely());
