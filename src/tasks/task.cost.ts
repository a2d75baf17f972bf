import { TIERS } from "../hierarchy/unit.entity.ts";
import type { Costs } from "../module/cost/field-cost.ts";
import { carried, listed, ofPeriod, series } from "../module/cost/rules.ts";
import { parts, SOURCES } from "../rollups/rollup.cost.ts";

export const taskCosts: Costs = {
  fields: {
    "Unit.tasks": { rule: ofPeriod, hidden: { own: 0, within: 0 } },
    "TaskRollup.byTier": { rule: (subject) => listed(subject, TIERS.length), hidden: { own: 0, within: 0.05 } },
    "TaskTierRollup.rollup": { rule: carried },
    "TaskRollup.series": { rule: series, hidden: { own: 15, within: 0, isOfItems: true } },
    // Coverage looks at each unit below.
    "TaskRollup.coverage": { hidden: { own: 5, within: 2 } },
    "TaskRollup.incomplete": { hidden: { own: 5, within: 2 } },
    "TaskRollup.parts": { rule: parts, hidden: { own: 5, within: 1 } },
    // Fifteen measures of tasks exist.
    "TaskRollup.reconciliation": { size: 15, hidden: { own: 5, within: 0 } },
    "TaskPart.unit": { rule: carried },
    "TaskPart.counts": { rule: carried },
    "TaskReconciliation.source": { rule: carried },
    "TaskConnection.totalCount": { counted: 5000 },
    "Task.coordinators": { size: 5 },
    "Task.subtasks": { size: 10 },
    // It reads the work calendar.
    "Task.timeliness": { hidden: { own: 0, within: 0 } },
    // It reads the units of both sides, and the open tasks below.
    "Task.viewerCan": { rule: ({ count }) => ({ rows: 2 * count, below: { count: 0 } }), hidden: { own: 2, within: 0 } },
    "TaskEvent.evidence": { rule: carried },
    "TaskRollup.sources": { size: SOURCES, hidden: { own: 2, within: 1 } },
  },
  parts: ["TaskDocument"],
};
