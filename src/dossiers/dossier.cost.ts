import type { Costs } from "../module/cost/field-cost.ts";
import { alike, listed } from "../module/cost/rules.ts";
import { FIELDS_OF_PROCEDURES } from "../procedures/procedure.cost.ts";
import { rollupFields } from "../rollups/rollup.cost.ts";
import { CHANNELS } from "./dossier-state.ts";

export const dossierCosts: Costs = {
  fields: {
    ...rollupFields("Dossier"),
    "DossierRollup.byField": { rule: (subject) => listed(subject, FIELDS_OF_PROCEDURES), hidden: { within: 1 } },
    "DossierRollup.byChannel": { size: CHANNELS.length, hidden: { within: 1 } },
    ...alike({ hidden: { own: 1, within: 1 } }, "DossierRollup.averageWorkingDays", "Unit.form06", "Unit.serviceQuality"),
    "Form06.rows": { size: FIELDS_OF_PROCEDURES },
    "ServiceQuality.criteria": { size: 5 },
    "DossierConnection.totalCount": { counted: 5000 },
    // Few dossiers have more than two pauses, and most have none.
    "Dossier.pauses": { size: 2 },
    "Dossier.timeliness": { counted: 1 },
  },
  parts: ["DossierFieldRollup.counts", "DossierFieldRollup.field", "Form06.total", "Form06Row.field"],
};
