import { dayNumber, type DayNumber, type HierarchyUnit } from "../../hierarchy/hierarchy-content.ts";
import type { UnitOn } from "../../hierarchy/unit-view.ts";
import { parsePeriod, type PeriodGrain, seriesOf } from "../../lib/time/period.ts";
import type { Arguments, FieldCost, Place, Rule, Step, Subject } from "./field-cost.ts";
import { anyOf, bounded, type Leads, ledTo, type UnitSet } from "./unit-set.ts";

/** Assumed size of lists without a rule. */
export const LIST_SIZE = 20;

/** A list of `length` rows for each object, about the same units. */
export const listed = (subject: Subject, length: number): Step => {
  const count = bounded(subject.count * length);
  return { rows: count, below: { ...subject, count } };
};

/** Fields of the same cost. */
export const alike = (cost: FieldCost, ...names: readonly string[]): Readonly<Record<string, FieldCost>> =>
  Object.fromEntries(names.map((name) => [name, cost]));

/** The units of a subject, repeated like its objects; any unit of today if unknown. */
export const unitsOf = ({ units, count }: Subject, { hierarchy, today }: Place): UnitSet => {
  if (!units) return anyOf(hierarchy.on(dayNumber(today)), today, count);
  return units.count === 0 || units.count === count ? units : { ...units, factor: (units.factor * count) / units.count, count };
};

const leading =
  (leads: (place: Place, args: Arguments) => Leads): Rule =>
  (subject, args, place) => {
    const units = ledTo(unitsOf(subject, place), place.effort, leads(place, args));
    return { rows: units.count, below: { ...(subject.period && { period: subject.period }), count: units.count, units } };
  };

/** A field that returns units of any days for each of its units. */
export const leadingElsewhere = (field: (unit: UnitOn, place: Place, args: Arguments) => readonly UnitOn[]): Rule =>
  leading((place, args) => (unit, _, reach) => {
    for (const { no, asOf } of field(unit, place, args)) reach(no, asOf);
  });

/** A field that returns units of the same day. */
export const leadingTo = (field: (unitNo: number, day: DayNumber, place: Place, args: Arguments) => readonly HierarchyUnit[]): Rule =>
  leading((place, args) => ({ no, asOf }, day, reach) => {
    for (const { unitNo } of field(no, day, place, args)) reach(unitNo, asOf);
  });

/** Cost of `count` rows of a period. Its first read looks at each unit once; named periods are few and shared by all callers, ranges of days and of years unlimited. */
export const ofPeriod: Rule = (subject, args, { hierarchy, today, periods }) => {
  const period = parsePeriod("period", args["period"] as string);
  const { name, convention } = period;
  const isNew = (convention === null || name.includes("/")) && !periods.has(name);
  if (isNew) periods.add(name);
  return { rows: subject.count + (isNew ? hierarchy.on(dayNumber(today)).members.length : 0), below: { ...subject, period } };
};

/** The points of a roll-up's series. @throws BadUserInput for a grain that does not divide its period. */
export const series: Rule = (subject, { grain }) => {
  if (!subject.period) return listed(subject, LIST_SIZE);
  const points = seriesOf(subject.period, grain as PeriodGrain);
  return listed({ ...subject, period: points[0]! }, points.length);
};

export const carried: Rule = (subject) => ({ rows: 0, below: subject });

export const ownUnit: Rule = (subject, _, place) => {
  const units = unitsOf(subject, place);
  return { rows: subject.count, below: { count: units.count, units } };
};
