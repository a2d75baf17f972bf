import type { Reference } from "../access/reference.ts";
import type { Hierarchy } from "../hierarchy/hierarchy.ts";
import { dayNumber, type DayNumber, type HierarchyUnit } from "../hierarchy/hierarchy-content.ts";
import { unitCondition, type UnitFilter, type UnitOn, type UnitReference, UnitViews } from "../hierarchy/unit-view.ts";
import { parseKnownDay } from "../lib/time/date.ts";
import type { Costs, Place, Rule, Step } from "../module/cost/field-cost.ts";
import { leadingElsewhere, leadingTo, unitsOf } from "../module/cost/rules.ts";
import { unitsAt, type UnitSet, unitsWithin } from "../module/cost/unit-set.ts";
import {
  type DescendantArguments,
  descendantsAsked,
  pageListed,
  type UnitArguments,
  type UnitListKey,
  unitsAsked,
  unitsListed,
} from "./unit-list.ts";
import { readUnitReference } from "./unit.reference.ts";
import { unitAsked } from "./unit.service.ts";

const viewsOf = ({ hierarchy }: Place): UnitViews => new UnitViews(hierarchy, "PUBLISHED");

const unitsMeant = (place: Place, reference: UnitReference): UnitOn[] => {
  const unit = viewsOf(place).byReference(reference, place.today);
  return unit ? [unit] : [];
};

/** Invalid and unknown references add no unit and do not affect the others. */
export const referencedUnits = (place: Place, references: readonly Reference[]): UnitSet =>
  unitsAt(
    references.flatMap((reference) => {
      try {
        return unitsMeant(place, readUnitReference(reference));
      } catch {
        return [];
      }
    }),
  );

/** Cost of following a unit's lineage, in looks at units. */
const LINEAGE_EFFORT = 40;

const showing = (shown: readonly { readonly unit: UnitOn }[]): readonly UnitOn[] => shown.map((one) => one.unit);

/** The units of a page. A search may find any of those that its other arguments select, which depends on their names alone. */
const unitsOfPage = (hierarchy: Hierarchy, day: DayNumber, key: UnitListKey): readonly HierarchyUnit[] => {
  const listed = unitsListed(hierarchy, day, { ...key, search: null });
  const page = key.search === null ? pageListed(listed, key).slice(0, key.page.first) : listed;
  return page.map(({ version }) => version);
};

/** A connection of units, which shows one page twice (nodes and edges) and reads it once. */
const pageOfUnits = (lists: number, units: UnitSet, listed: number, searched = 0): Step => ({
  rows: units.count + searched,
  below: { count: units.count, units, lists, listed },
});

const units: Rule = ({ count }, args, { hierarchy, today, effort }) => {
  const [asOf, key] = unitsAsked(hierarchy, today, args as unknown as UnitArguments);
  const day = dayNumber(asOf);
  // A search looks through all units of its day.
  const looked = key.within === null || key.search !== null ? hierarchy.on(day).members.length : hierarchy.sizeOf(key.within, day);
  effort.spend(looked);
  const listed = unitsOfPage(hierarchy, day, key).map(({ unitNo }) => ({ no: unitNo, asOf }));
  return pageOfUnits(count, unitsAt(listed, key.page.first), looked, key.search === null ? 0 : looked);
};

const descendants: Rule = (subject, args, place) => {
  const { hierarchy, effort } = place;
  const key = descendantsAsked(0, args as unknown as DescendantArguments);
  const below = leadingTo((within, day) => {
    effort.spend(hierarchy.sizeOf(within, day));
    return unitsOfPage(hierarchy, day, { ...key, within });
  });
  return pageOfUnits(subject.count, below(subject, args, place).below.units!, unitsWithin(unitsOf(subject, place), hierarchy, effort));
};

const unit: Rule = ({ count }, args, place) => {
  const found = unitsAt(unitsMeant(place, unitAsked(args)));
  return { rows: count, below: { count: found.count, units: found } };
};

const correspondence: Rule = leadingElsewhere(({ no }, place, { on }) => {
  place.effort.spend(LINEAGE_EFFORT);
  return showing(viewsOf(place).correspondenceOf({ no, asOf: parseKnownDay("on", on as string) }));
});

export const unitCosts: Costs = {
  fields: {
    "Query.unit": unit,
    "Query.units": units,
    // The units of today, if a connection does not say how many it looks through.
    "UnitConnection.totalCount": { counted: 12_000 },
    "Unit.parent": leadingTo((no, day, { hierarchy }) => hierarchy.versionsAbove(no, day).slice(-1)),
    "Unit.ancestors": leadingTo((no, day, { hierarchy }) => hierarchy.versionsAbove(no, day)),
    "Unit.children": leadingTo((no, day, { hierarchy }, { tier = null, kinds = null }) =>
      hierarchy.versionsUnder(no, day).filter(unitCondition({ tier, kinds } as UnitFilter)),
    ),
    "Unit.descendants": descendants,
    "Unit.predecessors": leadingElsewhere((one, place) => showing(viewsOf(place).predecessorsOf(one))),
    "Unit.successors": leadingElsewhere((one, place) => showing(viewsOf(place).successorsOf(one))),
    "Unit.correspondence": correspondence,
  },
  parts: ["Succession.unit", "Correspondence.unit"],
};
