import type { ImportKind } from "../../imports/import-pipeline.ts";
import { shareProcedures } from "../../procedures/procedure-load.service.ts";
import { classifyStage, countDossiers, noteChanges, writeStage } from "./dossier-apply.store.ts";
import { duplicateWarnings } from "./duplicate-warning.store.ts";

export const DOSSIER_IMPORT: ImportKind = {
  kind: "DOSSIERS",
  shareReferences: shareProcedures,
  classify: classifyStage,
  refusals: {
    CONFLICT: { field: "updatedAt", message: "updatedAt: the dossier is stored with this updatedAt and different content" },
    OUTSIDE_SCOPE: {
      field: "unit",
      message: "unit: the handling unit is outside the units on which the caller has the role OFFICER",
    },
  },
  warnings: duplicateWarnings,
  noteChanges,
  write: writeStage,
  countChanges: countDossiers,
};
