import type { Costs, Step, Subject } from "../module/cost/field-cost.ts";
import { carried, leadingTo, unitsOf } from "../module/cost/rules.ts";
import { type UnitSet, unitsWithin } from "../module/cost/unit-set.ts";
import {
  ancestorsField,
  childrenField,
  correspondenceField,
  descendantsField,
  parentField,
  predecessorsField,
  successorsField,
  unitField,
  unitsField,
  unitsLookedThrough,
} from "./unit-sets.ts";

/** A connection of units, which shows one page twice (nodes and edges) and reads it once. */
const pageOfUnits = ({ count }: Subject, units: UnitSet, listed: number, searched = 0): Step => ({
  rows: units.count + searched,
  below: { count: units.count, units, lists: count, listed },
});

export const unitCosts: Costs = {
  fields: {
    "Query.unit": {
      rule: ({ count }, args, place) => {
        const units = unitField(place, args);
        return { rows: count, below: { count: units.count, units } };
      },
    },
    "Query.units": {
      rule: (subject, args, place) => {
        const looked = unitsLookedThrough(place, args);
        return pageOfUnits(subject, unitsField(place, args), looked, args["search"] == null ? 0 : looked);
      },
    },
    // The units of today, if a connection does not say how many it looks through.
    "UnitConnection.totalCount": { counted: 12_000 },
    "Unit.parent": { rule: leadingTo(parentField) },
    "Unit.ancestors": { rule: leadingTo(ancestorsField) },
    "Unit.children": { rule: leadingTo(childrenField) },
    "Unit.descendants": {
      rule: (subject, args, place) => {
        const above = unitsOf(subject, place);
        return pageOfUnits(subject, descendantsField(above, place, args), unitsWithin(above, place.effort));
      },
    },
    "Unit.predecessors": { rule: leadingTo(predecessorsField) },
    "Unit.successors": { rule: leadingTo(successorsField) },
    "Unit.correspondence": { rule: leadingTo(correspondenceField) },
    "Succession.unit": { rule: carried },
    "Correspondence.unit": { rule: carried },
  },
};
