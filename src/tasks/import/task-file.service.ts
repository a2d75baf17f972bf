import { ensurePresentTrees } from "../../counters/count-tree.service.ts";
import type { Database } from "../../database/database.ts";
import { Reader, rowsOf } from "../../database/reader.ts";
import { readHierarchy } from "../../hierarchy/hierarchy.store.ts";
import { UnitPlaces } from "../../hierarchy/unit-places.ts";
import { type FileImport, type FileReport, importRecordFile } from "../../imports/file-import.service.ts";
import type { Item } from "../../lib/files/file-row.ts";
import { dayOf } from "../../lib/time/date.ts";
import { taskImportBy } from "./task-import-kind.ts";
import { taskOfCells } from "./task-row.ts";
import { stageTask, TASK_STAGE, type TaskReferences } from "./task-stage.ts";

/** Imports a file of tasks as `importRecordFile` does. */
export const importTaskFile = (database: Database, rows: AsyncIterable<Item>, options: FileImport): Promise<FileReport> =>
  importRecordFile(database, rows, options, async (em) => {
    const hierarchy = await readHierarchy(rowsOf(em));
    const units = new UnitPlaces(hierarchy);
    const references: TaskReferences = { units, now: options.by.at.getTime(), isCovered: () => true };
    await ensurePresentTrees(new Reader(database.pools), dayOf(options.by.at));
    return {
      ...{ records: taskImportBy(null), shape: TASK_STAGE, operation: "import tasks", hierarchyVersion: hierarchy.version },
      stageRow: ({ row, cells }) => {
        const task = taskOfCells(cells);
        return "code" in task ? stageTask(references, row, task) : task;
      },
    };
  });
