import { TIERS } from "../hierarchy/unit.entity.ts";
import type { Costs, FieldCost } from "../module/cost/field-cost.ts";
import { alike, leadingTo, listed, ofPeriod, series } from "../module/cost/rules.ts";

export const SOURCES = 10;

export const rollupOfUnit: FieldCost = { rule: ofPeriod, hidden: {} };
export const rollupSources: FieldCost = { size: SOURCES, hidden: { own: 2, within: 1 } };

/** The units and agencies directly below a unit, and the unit itself. */
const parts = leadingTo((no, day, { hierarchy }) => [hierarchy.versionOn(no, day) ?? [], hierarchy.versionsUnder(no, day)].flat());

/** What roll-ups of dossiers and of tasks have in common. */
export const rollupFields = (kind: "Dossier" | "Task"): Readonly<Record<string, FieldCost>> => ({
  [`Unit.${kind.toLowerCase()}s`]: rollupOfUnit,
  [`${kind}Rollup.byTier`]: { rule: (subject) => listed(subject, TIERS.length), hidden: { within: 0.15 } },
  // Coverage looks at each unit below.
  ...alike({ hidden: { own: 5, within: 2 } }, `${kind}Rollup.coverage`, `${kind}Rollup.incomplete`),
  [`${kind}Rollup.sources`]: rollupSources,
  [`${kind}Rollup.parts`]: { rule: parts, hidden: { own: 5, within: 1 } },
  // Fifteen measures of dossiers exist, and as many of tasks.
  [`${kind}Rollup.reconciliation`]: { size: 15, hidden: { own: 5 } },
  // One pass reads all points, but each point without records needs another look-up of completeness.
  [`${kind}Rollup.series`]: { rule: series, hidden: { own: 15, isOfItems: true } },
});

export const rollupCosts: Costs = {
  parts: [
    ...["Rate", "Bounds", "DossierTierRollup.rollup", "DossierPart.unit", "DossierPart.counts"],
    ...["TaskTierRollup.rollup", "TaskPart.unit", "TaskPart.counts", "Reconciliation.source", "TaskReconciliation.source"],
  ],
};
