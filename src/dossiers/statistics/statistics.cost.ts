import { TIERS } from "../../hierarchy/unit.entity.ts";
import type { Costs } from "../../module/cost/field-cost.ts";
import { carried, listed, ofPeriod, series } from "../../module/cost/rules.ts";
import { FIELDS_OF_PROCEDURES } from "../../procedures/procedure.cost.ts";
import { parts, SOURCES } from "../../rollups/rollup.cost.ts";
import { CHANNELS } from "../dossier-state.ts";

export const statisticsCosts: Costs = {
  fields: {
    "Unit.dossiers": { rule: ofPeriod, hidden: { own: 0, within: 0 } },
    "DossierRollup.byTier": { rule: (subject) => listed(subject, TIERS.length), hidden: { own: 0, within: 0.05 } },
    "DossierTierRollup.rollup": { rule: carried },
    // Coverage looks at each unit below.
    "DossierRollup.coverage": { hidden: { own: 5, within: 2 } },
    "DossierRollup.incomplete": { hidden: { own: 5, within: 2 } },
    "DossierRollup.sources": { size: SOURCES, hidden: { own: 2, within: 1 } },
    "DossierRollup.byField": { rule: (subject) => listed(subject, FIELDS_OF_PROCEDURES), hidden: { own: 0, within: 1 } },
    "DossierRollup.byChannel": { size: CHANNELS.length, hidden: { own: 0, within: 1 } },
    "DossierRollup.averageWorkingDays": { hidden: { own: 1, within: 1 } },
    "DossierRollup.parts": { rule: parts, hidden: { own: 5, within: 1 } },
    // Fifteen measures of dossiers exist.
    "DossierRollup.reconciliation": { size: 15, hidden: { own: 5, within: 0 } },
    "DossierRollup.series": {
      rule: series,
      // One pass reads all points, but each point without records needs another look-up of completeness.
      hidden: { own: 15, within: 0, isOfItems: true },
    },
    "DossierPart.unit": { rule: carried },
    "DossierPart.counts": { rule: carried },
    "DossierFieldRollup.counts": { rule: carried },
    "DossierFieldRollup.field": { rule: carried },
    "Reconciliation.source": { rule: carried },
    "Unit.form06": { hidden: { own: 1, within: 1 } },
    "Form06.total": { rule: carried },
    "Form06.rows": { size: FIELDS_OF_PROCEDURES },
    "Form06Row.field": { rule: carried },
    "Unit.serviceQuality": { hidden: { own: 1, within: 1 } },
    "ServiceQuality.criteria": { size: 5 },
  },
};
