import type { Costs } from "../module/cost/field-cost.ts";

/** A roll-up rests on the reports of its subtree. */
export const SOURCES = 10;

export const rollupCosts: Costs = { parts: ["Rate", "Bounds"] };
