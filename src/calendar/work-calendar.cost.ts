import type { Costs } from "../module/cost/field-cost.ts";

export const workCalendarCosts: Costs = {
  // Twelve holidays, those that make up for weekends, and a few swaps.
  fields: { "WorkCalendar.days": { size: 30 } },
  parts: ["SetWorkCalendarPayload"],
};
