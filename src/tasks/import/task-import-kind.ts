import type { EntityManager } from "@mikro-orm/postgresql";
import type { Grant } from "../../access/viewer.ts";
import { heldHierarchy } from "../../hierarchy/current-hierarchy.ts";
import type { RowScope } from "../../database/row-scope.ts";
import { duplicateWarnings } from "../../imports/duplicate-warning.store.ts";
import type { ImportKind } from "../../imports/import-pipeline.ts";
import type { Staged } from "../../imports/stage.ts";
import type { Day } from "../../lib/time/date.ts";
import { countTaskChanges } from "../task-count.store.ts";
import { countryEntry } from "../task-authority.ts";
import { onWholeFamily } from "../task-family.store.ts";
import { compareTasks, lockMoved, moveFamilies, noteStored, noteTaskChanges, TASK_TABLE, replaceTasks } from "./task-apply.store.ts";
import { judgeParents } from "./task-parents.store.ts";

/** Who imports tasks by API: what the transaction reads and writes, and whose tasks the caller sees. */
export interface TaskImporter {
  readonly scope: RowScope;
  readonly viewing: readonly Grant[];
  readonly today: Day;
}

/** The rules of an import of tasks; an importer of null sees and writes all tasks. */
export const taskImportBy = (importer: TaskImporter | null): ImportKind => ({
  ...TASK_TABLE,
  shareReferences: async () => {},
  classify: async (em, staged) => {
    await compareTasks(em, staged);
    await judgeParents(em, staged, importer?.viewing ?? null);
    await noteStored(em, staged);
  },
  refusals: {
    CONFLICT: { field: "updatedAt", message: "updatedAt: the task is stored with this updatedAt and different content" },
    OUTSIDE_SCOPE: { field: "lead", message: "lead: the stored lead is outside the units on which the caller has the role OFFICER" },
    PARENT_UNKNOWN: { field: "parent", message: "parent: must be the code of a task of this source that is stored or sent with it" },
    PARENT_ENDLESS: { field: "parent", message: "parent: the chain of parents must end at a task without one, after at most 50 tasks" },
  },
  warnings: (em, staged) => duplicateWarnings(em, TASK_TABLE, staged),
  noteChanges: noteTaskChanges,
  write: (em, staged, at) => writeWithFamilies(em, importer, staged, at),
  countChanges: countTaskChanges,
});

const writeWithFamilies = async (em: EntityManager, importer: TaskImporter | null, staged: Staged, at: Date): Promise<void> => {
  const isMoved = await lockMoved(em, staged);
  await replaceTasks(em, staged, at);
  if (!isMoved) return;
  const move = () => moveFamilies(em, staged);
  await (importer
    ? onWholeFamily({ em, scope: importer.scope, country: countryEntry(await heldHierarchy(em), importer.today) }, move)
    : move());
};
