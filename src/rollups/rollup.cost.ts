import type { Costs } from "../module/cost/field-cost.ts";

/** Cost of one roll-up: the reports of its subtree. */
export const SOURCES = 10;

export const rollupCosts: Costs = { parts: ["Rate", "Bounds"] };
