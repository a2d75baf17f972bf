import type { Costs } from "../module/cost/field-cost.ts";
import { rollupFields } from "../rollups/rollup.cost.ts";

export const taskCosts: Costs = {
  fields: {
    ...rollupFields("Task"),
    "TaskConnection.totalCount": { counted: 5000 },
    "Task.coordinators": { size: 5 },
    "Task.subtasks": { size: 10 },
    // It reads the work calendar.
    "Task.timeliness": { hidden: {} },
    // It reads the units of both sides, and the open tasks below.
    "Task.viewerCan": { counted: 2, hidden: { own: 2 } },
  },
  parts: ["TaskDocument", "TaskEvent.evidence"],
};
