import type { EntityManager } from "@mikro-orm/postgresql";
import { readCalendar } from "../../calendar/work-calendar.store.ts";
import { ensurePresentTrees } from "../../counters/count-tree.service.ts";
import type { Database } from "../../database/database.ts";
import { Reader, rowsOf } from "../../database/reader.ts";
import type { Hierarchy } from "../../hierarchy/hierarchy.ts";
import { readHierarchy } from "../../hierarchy/hierarchy.store.ts";
import { UnitPlaces } from "../../hierarchy/unit-places.ts";
import { type FileImport, type FileReport, importRecordFile } from "../../imports/file-import.service.ts";
import type { Item } from "../../lib/files/file-row.ts";
import { dayOf } from "../../lib/time/date.ts";
import { DOSSIER_IMPORT } from "./dossier-import-kind.ts";
import { dossierOfCells } from "./dossier-row.ts";
import { DOSSIER_STAGE, type ImportReferences, stageRow } from "./dossier-stage.ts";
import { readProcedures } from "./import-references.ts";

/** Imports a file of dossiers as `importRecordFile` does. */
export const importFile = (database: Database, rows: AsyncIterable<Item>, options: FileImport): Promise<FileReport> =>
  importRecordFile(database, rows, options, async (em) => {
    const hierarchy = await readHierarchy(rowsOf(em));
    const references = await referencesOf(em, hierarchy, options.by.at);
    await ensurePresentTrees(new Reader(database.pools), dayOf(options.by.at));
    return {
      ...{ records: DOSSIER_IMPORT, shape: DOSSIER_STAGE, operation: "import dossiers", hierarchyVersion: hierarchy.version },
      stageRow: ({ row, cells }) => {
        const dossier = dossierOfCells(cells);
        return "code" in dossier ? stageRow(references, row, dossier) : dossier;
      },
    };
  });

const referencesOf = async (em: EntityManager, hierarchy: Hierarchy, now: Date): Promise<ImportReferences> => {
  const rows = rowsOf(em);
  const [calendar, procedures] = [await readCalendar(rows), await readProcedures(rows, null)];
  return { calendar, procedures, units: new UnitPlaces(hierarchy), now: now.getTime(), isCovered: () => true };
};
