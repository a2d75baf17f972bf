import { coveredAmong } from "../../access/grant.ts";
import { rowScope } from "../../access/scope.ts";
import { type Grant, grantsFor } from "../../access/viewer.ts";
import { BadUserInput } from "../../lib/errors.ts";
import type { RequestContext } from "../../access/request-context.ts";
import { UnitPlaces } from "../../hierarchy/unit-places.ts";
import { ensurePresentTrees } from "../../counters/count-tree.service.ts";
import type { ImportReport } from "../../imports/import-report.ts";
import { importRows } from "../../imports/import-pipeline.ts";
import type { SourceName } from "../../imports/import-source.service.ts";
import { sharedStaging } from "../../imports/shared-staging.ts";
import { DOSSIER_IMPORT } from "./dossier-import-kind.ts";
import { DOSSIER_STAGE, type DossierRow, type ImportReferences, stageRow } from "./dossier-stage.ts";
import { readCalendar } from "../../calendar/work-calendar.store.ts";
import { readProcedures } from "./import-references.ts";

type Caller = Pick<RequestContext, "session" | "hierarchy" | "viewer" | "now" | "today" | "renew">;

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
    sharedStaging({ shape: DOSSIER_STAGE, unit: DOSSIER_IMPORT.unit, rows: dossiers, stageRow: (n, row) => stageRow(references, n, row) }),
    {
      ...{ source: name, owner, grants, partial, dryRun, complete: null, operation: "importDossiers" },
      by: { actor: viewer.actor, actorName: viewer.name, at: context.now },
    },
  ).finally(() => context.renew());
  return { ...report, isKept: committed };
};

const referencesOf = async (
  { session, hierarchy, now }: Pick<RequestContext, "session" | "hierarchy" | "now">,
  grants: readonly Grant[],
  dossiers: readonly DossierRow[],
): Promise<ImportReferences> => {
  const codes = dossiers.flatMap(({ unit, receivedBy }) => (receivedBy == null ? [unit] : [unit, receivedBy]));
  const [calendar, procedures, loaded] = await Promise.all([
    readCalendar(session),
    readProcedures(
      session,
      dossiers.map(({ procedure }) => procedure),
    ),
    hierarchy.load(),
  ]);
  const covered = coveredAmong(loaded, grants, loaded.numbersOf(codes));
  return { calendar, procedures, units: new UnitPlaces(loaded), now: now.getTime(), isCovered: (unitNo) => covered.has(unitNo) };
};
