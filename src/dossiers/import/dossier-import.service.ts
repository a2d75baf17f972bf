import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { randomUUID } from "node:crypto";
import { coveredAmong } from "../../access/grant.ts";
import { rowScope } from "../../access/scope.ts";
import { type Grant, grantsFor } from "../../access/viewer.ts";
import { BadUserInput } from "../../lib/errors.ts";
import type { RequestContext } from "../../access/request-context.ts";
import { readUnitDirectory } from "../../hierarchy/unit-directory.ts";
import { ensureKept } from "../../counters/count-tree.service.ts";
import { shareProcedures } from "../../procedures/procedure-load.service.ts";
import {
  countChanges,
  emptyStage,
  judgeStage,
  NO_SOURCE,
  noteChanges,
  sharedStage,
  type Staged,
  writeStage,
} from "./dossier-apply.store.ts";
import { type DossierRow, type ImportWorld, stageRow, type StagedDossier } from "./dossier-stage.ts";
import { readCalendar, readProcedures } from "./import-world.ts";
import {
  type ImportProblem,
  type ImportReport,
  type ImportWarning,
  isOfNothing,
  MAX_PROBLEMS,
  noteImport,
  NothingKept,
  problemOf,
  reported,
  reportOf,
} from "./import-report.ts";
import { findSource, lockSource, makeSource, type SourceName } from "../../imports/import-source.service.ts";
import { knownElsewhere } from "./known-elsewhere.store.ts";

type Asking = Pick<RequestContext, "session" | "viewer" | "now" | "today" | "renew">;

export const MAX_DOSSIERS = 5000;
export interface DossierImport extends SourceName {
  readonly dossiers: readonly DossierRow[];
  readonly partial: boolean;
  readonly dryRun: boolean;
}

/**
 * Takes dossiers of one source: all or nothing unless partial, and nothing in a dry run. Bad rows are problems of the report, which also tells what would be
 * where nothing is kept.
 * @throws BadUserInput for too many rows or an unclear source, DomainError FORBIDDEN for a source outside the caller's scope.
 */
export const importDossiers = async (
  context: Asking,
  { source: name, owner, dossiers, partial, dryRun }: DossierImport,
): Promise<ImportReport> => {
  const viewer = context.viewer!;
  if (dossiers.length === 0 || dossiers.length > MAX_DOSSIERS)
    throw new BadUserInput("dossiers", dossiers.length, `accepted are 1 to ${MAX_DOSSIERS} dossiers`);
  const grants = grantsFor(viewer, "OFFICER");
  await ensureKept(context.session, context.today);
  const world = await worldOf(context, grants, dossiers);
  const { staged, problems } = stageAll(world, dossiers);
  const by = { actor: viewer.actor, actorName: viewer.name, at: context.now };
  return reported(() =>
    context.session.write(rowScope(viewer, "OFFICER"), async (em) => {
      const known = await findSource(em, { source: name, owner, grants, at: context.now });
      const key = randomUUID();
      const judged: Staged = { ...sharedStage, key, sourceId: known?.id ?? NO_SOURCE, grants };
      if (known) await lockSource(em, known.id);
      await shareProcedures(em);
      await putInStage(em, key, staged);
      await judgeStage(em, judged);
      const report = { ...(await reportOf(em, judged, problems)), warnings: await firstWarnings(em, judged) };
      if (isOfNothing(report) || (report.rejected > 0 && !partial)) throw new NothingKept(report);
      const units = staged.map(({ unit_id: unit }) => unit as number);
      const source = known ?? (await makeSource(em, { source: name, owner, grants, units, by }));
      if (dryRun) throw new NothingKept(report);
      const stage = { ...judged, sourceId: source.id };
      await noteChanges(em, stage);
      await writeStage(em, stage, context.now);
      await countChanges(em, stage);
      await emptyStage(em, key);
      await noteImport(em, { source, report, operation: "importDossiers", by });
      return report;
    }),
  ).finally(() => context.renew());
};

const firstWarnings = async (em: EntityManager, stage: Staged): Promise<ImportWarning[]> => {
  const warnings: ImportWarning[] = [];
  for await (const warning of knownElsewhere(em, stage)) if (warnings.push(warning) === MAX_PROBLEMS) break;
  return warnings;
};

const worldOf = async (
  { session, now }: Pick<RequestContext, "session" | "now">,
  grants: readonly Grant[],
  dossiers: readonly DossierRow[],
): Promise<ImportWorld> => {
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

const stageAll = (world: ImportWorld, dossiers: readonly DossierRow[]) => {
  const staged: StagedDossier[] = [];
  const problems: ImportProblem[] = [];
  for (const [n, dossier] of dossiers.entries()) {
    const result = stageRow(world, n + 1, dossier);
    if ("row" in result) staged.push(result);
    else problems.push(...result.map((problem) => problemOf(n + 1, dossier.code || null, problem)));
  }
  return { staged, problems };
};

const putInStage = (em: EntityManager, key: string, staged: readonly StagedDossier[]) =>
  sql`insert into dossier_stage select * from jsonb_populate_recordset(null::dossier_stage, ${JSON.stringify(
    staged.map((row) => ({ ...row, import: key })),
  )}::jsonb)`.execute(em.getKysely());
