import type { FieldCost } from "../../module/cost/field-cost.ts";
import { listed } from "../../module/cost/rules.ts";
import { FIELDS_OF_PROCEDURES } from "../../procedures/procedure.cost.ts";
import { rollupFields } from "../../rollups/rollup.cost.ts";
import { CHANNELS } from "../dossier-state.ts";

export const statisticsFields: Readonly<Record<string, FieldCost>> = {
  ...rollupFields("Dossier"),
  "DossierRollup.byField": { rule: (subject) => listed(subject, FIELDS_OF_PROCEDURES), hidden: { within: 1 } },
  "DossierRollup.byChannel": { size: CHANNELS.length, hidden: { within: 1 } },
  "DossierRollup.averageWorkingDays": { hidden: { own: 1, within: 1 } },
  "Unit.form06": { hidden: { own: 1, within: 1 } },
  "Form06.rows": { size: FIELDS_OF_PROCEDURES },
  "Unit.serviceQuality": { hidden: { own: 1, within: 1 } },
  "ServiceQuality.criteria": { size: 5 },
};
