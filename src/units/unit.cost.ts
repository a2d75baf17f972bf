import type { Reference } from "../access/reference.ts";
import { dayNumber } from "../hierarchy/hierarchy-content.ts";
import { unitCondition, type UnitFilter, type UnitOn, type UnitReference, UnitViews } from "../hierarchy/unit-view.ts";
import { parseKnownDay } from "../lib/time/date.ts";
import type { Costs, Place, Rule, Step } from "../module/cost/field-cost.ts";
import { leadingElsewhere, leadingTo, unitsOf } from "../module/cost/rules.ts";
import { unitsAt, type UnitSet, unitsWithin } from "../module/cost/unit-set.ts";
import { type DescendantArguments, descendantsAsked, pageListed, type UnitArguments, unitsAsked, unitsListed } from "./unit-list.ts";
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

/** A connection of units, which shows one page twice (nodes and edges) and reads it once. */
const pageOfUnits = (lists: number, units: UnitSet, listed: number, searched = 0): Step => ({
  rows: units.count + searched,
  below: { count: units.count, units, lists, listed },
});

/** A search looks through all units of its day; which of those with the other properties it finds depends on their names alone. */
const units: Rule = ({ count }, args, { hierarchy, today, effort }) => {
  const [asOf, key] = unitsAsked(hierarchy, today, args as unknown as UnitArguments);
  const day = dayNumber(asOf);
  const looked = key.within === null || key.search !== null ? hierarchy.on(day).members.length : hierarchy.sizeOf(key.within, day);
  effort.spend(looked);
  const all = unitsListed(hierarchy, day, { ...key, search: null });
  const { first } = key.page;
  const page = key.search === null ? pageListed(all, key).slice(0, first) : all;
  const set = unitsAt(
    page.map(({ version }) => ({ no: version.unitNo, asOf })),
    first,
  );
  return pageOfUnits(count, set, looked, key.search === null ? 0 : looked);
};

const descendants: Rule = (subject, args, place) => {
  const { hierarchy, effort } = place;
  const key = descendantsAsked(0, args as unknown as DescendantArguments);
  const rule = leadingTo((no, day) => {
    effort.spend(hierarchy.sizeOf(no, day));
    const page = pageListed(unitsListed(hierarchy, day, { ...key, within: no }), key);
    return page.slice(0, key.page.first).map(({ version }) => version);
  });
  const listed = unitsWithin(unitsOf(subject, place), hierarchy, effort);
  return pageOfUnits(subject.count, rule(subject, args, place).below.units!, listed);
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
