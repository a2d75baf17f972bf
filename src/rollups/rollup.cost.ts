import type { Costs } from "../module/cost/field-cost.ts";

export const SOURCES = 10;

export const rollupCosts: Costs = { parts: ["Rate", "Bounds"] };
