import type { Costs } from "../module/cost/field-cost.ts";
import { leadingTo } from "../module/cost/rules.ts";

export const SOURCES = 10;

/** The units and agencies directly below a unit, and the unit itself. */
export const parts = leadingTo((no, day, { hierarchy }) => [hierarchy.versionOn(no, day) ?? [], hierarchy.versionsUnder(no, day)].flat());

export const rollupCosts: Costs = { parts: ["Rate", "Bounds"] };
