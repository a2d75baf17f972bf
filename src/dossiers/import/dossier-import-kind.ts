import { duplicateWarnings } from "../../imports/duplicate-warning.store.ts";
import type { ImportKind } from "../../imports/import-pipeline.ts";
import { shareProcedures } from "../../procedures/procedure-load.service.ts";
import { classifyStage, countDossierChanges, DOSSIER_TABLE, noteChanges, writeStage } from "./dossier-apply.store.ts";

export const DOSSIER_IMPORT: ImportKind = {
  ...DOSSIER_TABLE,
  shareReferences: shareProcedures,
  classify: classifyStage,
  refusals: {
    CONFLICT: { field: "updatedAt", message: "updatedAt: the dossier is stored with this updatedAt and different content" },
    OUTSIDE_SCOPE: {
      field: "unit",
      message: "unit: the handling unit is outside the units on which the caller has the role OFFICER",
    },
  },
  warnings: (em, staged) => duplicateWarnings(em, DOSSIER_TABLE, staged),
  noteChanges,
  write: writeStage,
  countChanges: countDossierChanges,
};
