import type { RequestContext } from "../../access/request-context.ts";
import { coveredAmong } from "../../access/grant.ts";
import { rowScope } from "../../access/scope.ts";
import { type Grant, grantsFor } from "../../access/viewer.ts";
import { ensurePresentTrees } from "../../counters/count-tree.service.ts";
import { UnitPlaces } from "../../hierarchy/unit-places.ts";
import { importRows } from "../../imports/import-pipeline.ts";
import type { ImportReport } from "../../imports/import-report.ts";
import type { SourceName } from "../../imports/import-source.service.ts";
import { sharedStaging } from "../../imports/shared-staging.ts";
import { BadUserInput } from "../../lib/errors.ts";
import { taskImportBy } from "./task-import-kind.ts";
import { stageTask, TASK_STAGE, type TaskReferences, type TaskRow } from "./task-stage.ts";

type Caller = Pick<RequestContext, "session" | "hierarchy" | "viewer" | "now" | "today" | "renew">;

export const MAX_TASKS = 5000;

export interface TaskImport extends SourceName {
  readonly tasks: readonly TaskRow[];
  readonly partial: boolean;
  readonly dryRun: boolean;
}

/**
 * Imports tasks of one source: atomic unless partial, and nothing is stored in a dry run. Invalid rows are problems of the report, which also describes the effect of a dry
 * run. @throws BadUserInput for too many rows or an ambiguous source, DomainError FORBIDDEN for a source outside the caller's scope.
 */
export const importTasks = async (
  context: Caller,
  { source, owner, tasks, partial, dryRun }: TaskImport,
): Promise<ImportReport & { readonly isKept: boolean }> => {
  const viewer = context.viewer!;
  if (tasks.length === 0 || tasks.length > MAX_TASKS) throw new BadUserInput("tasks", tasks.length, `must contain 1 to ${MAX_TASKS} tasks`);
  const grants = grantsFor(viewer, "OFFICER");
  await ensurePresentTrees(context.session, context.today);
  const references = await referencesOf(context, grants, tasks);
  const scope = rowScope(viewer, "OFFICER");
  const kind = taskImportBy({ scope, viewing: grantsFor(viewer, "VIEWER"), today: context.today });
  const { report, committed } = await importRows(
    (work) => context.session.write(scope, work),
    kind,
    sharedStaging({ shape: TASK_STAGE, unit: kind.unit, rows: tasks, stageRow: (n, row) => stageTask(references, n, row) }),
    {
      ...{ source, owner, grants, partial, dryRun, complete: null, operation: "importTasks" },
      by: { actor: viewer.actor, actorName: viewer.name, at: context.now },
    },
  ).finally(() => context.renew());
  return { ...report, isKept: committed };
};

const referencesOf = async (
  { hierarchy, now }: Pick<RequestContext, "hierarchy" | "now">,
  grants: readonly Grant[],
  tasks: readonly TaskRow[],
): Promise<TaskReferences> => {
  const codes = tasks.flatMap(({ assignedBy, lead, coordinators }) => [assignedBy, lead, ...coordinators]);
  const loaded = await hierarchy.load();
  const covered = coveredAmong(loaded, grants, loaded.numbersOf(codes));
  return { units: new UnitPlaces(loaded), now: now.getTime(), isCovered: (unitNo) => covered.has(unitNo) };
};
