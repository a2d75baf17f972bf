import type { Costs, Place, Rule } from "../module/cost/field-cost.ts";
import { leadingTo } from "../module/cost/rules.ts";
import { ledTo, type UnitSet } from "../module/cost/unit-set.ts";

export const SOURCES = 10;

/** The units and agencies directly below a unit, and the unit itself. */
const partsField = (units: UnitSet, { effort }: Place): UnitSet =>
  ledTo(units, effort, (slice, member, reach) => {
    for (const child of slice.under[member]!) reach(slice, child);
    reach(slice, member);
  });

/** The parts of a roll-up, which are of its period. */
export const parts: Rule = (subject, args, place) => {
  const { rows, below } = leadingTo(partsField)(subject, args, place);
  return { rows, below: { ...below, ...(subject.period && { period: subject.period }) } };
};

export const rollupCosts: Costs = { parts: ["Rate", "Bounds"] };
