import type { ImportKind } from "../../imports/import-pipeline.ts";
import { shareProcedures } from "../../procedures/procedure-load.service.ts";
import { classifyStage, countChanges, noteChanges, writeStage } from "./dossier-apply.store.ts";
import { knownElsewhere } from "./known-elsewhere.store.ts";

/** What the import of dossiers brings to the pipeline. */
export const DOSSIER_IMPORT: ImportKind = {
  kind: "DOSSIERS",
  shareReferences: shareProcedures,
  classify: classifyStage,
  refusals: {
    CONFLICT: { field: "updatedAt", message: "updatedAt: the same dossier is known with this updatedAt and another content" },
    OUTSIDE_SCOPE: {
      field: "unit",
      message: "unit: the dossier is handled by a unit outside those on which the caller has the role OFFICER",
    },
  },
  warnings: knownElsewhere,
  noteChanges,
  write: writeStage,
  countChanges,
};
