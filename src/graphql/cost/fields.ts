import type { GraphQLField } from "graphql";
import { INDICATORS } from "../../indicators/indicator.ts";
import type { Reference } from "../../access/reference.ts";
import { parsePeriod, type PeriodGrain, seriesOf } from "../../lib/time/period.ts";
import { dayNumber } from "../../hierarchy/hierarchy.ts";
import { TIERS } from "../../hierarchy/unit.entity.ts";
import {
  ancestorsField,
  type Arguments,
  childrenField,
  correspondenceField,
  descendantsField,
  parentField,
  partsField,
  type Place,
  predecessorsField,
  referencedUnits,
  successorsField,
  unitField,
  unitsField,
  unitsLookedThrough,
} from "./unit-fields.ts";
import { hiddenRows } from "./reads.ts";
import { LIST_SIZE, LIST_SIZES, listed, type Rule, shapeRule, type Step, type Subject } from "./shape.ts";
import { anyOf, bounded, NO_UNITS, repeated, type UnitSet, unitsWithin } from "./unit-set.ts";

/** The units that a subject is; any of today's where nothing says which. */
const unitsOf = ({ units, count }: Subject, { hierarchy, today }: Place): UnitSet =>
  units ? (units.count === 0 ? NO_UNITS : repeated(units, count / units.count)) : anyOf(hierarchy.on(dayNumber(today)), count);

/** A field that lists units, or shows one, for each of the units that it is asked of. */
const leadingTo =
  (field: (units: UnitSet, place: Place, args: Arguments) => UnitSet): Rule =>
  (subject, args, place) => {
    const units = field(unitsOf(subject, place), place, args);
    return { rows: units.count, below: { count: units.count, units } };
  };

/** Units as a connection, whose lists show the page again without reading it again. */
const pageOfUnits = (subject: Subject, units: UnitSet, counted: number, searched = 0): Step => ({
  rows: units.count + searched,
  below: { count: subject.count, units, page: units.count, counted },
});

/** A roll-up is one row, and knows its period. @throws BadUserInput for a period that cannot be read. */
const rollup: Rule = (subject, args, place) => {
  const period = parsePeriod("period", args["period"] as string);
  return { rows: subject.count + place.periods.rowsOf(period, place), below: { ...subject, period } };
};

/** What was read together with its unit, or with what it belongs to. */
const carried: Rule = (subject) => ({ rows: 0, below: subject });

/** The unit that a row speaks of. */
const ownUnit: Rule = (subject, _, place) => {
  const units = unitsOf(subject, place);
  return { rows: subject.count, below: { count: units.count, units } };
};

/** The kind that a reference is of, if it is one. */
const kindOf = (reference: unknown): unknown => (reference as { __typename?: unknown } | null)?.__typename;

/** What is asked of references is asked of each kind by itself. */
const entities: Rule = (_, { representations }, place) => {
  const references = representations as readonly unknown[];
  const kinds = Map.groupBy(references, kindOf);
  const byType = (type: string): Subject => {
    const ofType = kinds.get(type) ?? [];
    if (type !== "Unit") return { count: ofType.length };
    const units = referencedUnits(place, ofType as readonly Reference[]);
    return { count: units.count, units };
  };
  return { rows: references.length, below: { count: references.length, byType } };
};

const RULES: Readonly<Record<string, Rule>> = {
  "Query.unit": ({ count }, args, place) => {
    const units = unitField(place, args);
    return { rows: count, below: { count: units.count, units } };
  },
  "Query.units": (subject, args, place) => {
    const looked = unitsLookedThrough(place, args);
    return pageOfUnits(subject, unitsField(place, args), looked, args["search"] == null ? 0 : looked);
  },
  "UnitConnection.totalCount": ({ count, counted }, _, place) => {
    const all = counted ?? bounded(count * unitsLookedThrough(place, {}));
    return { rows: all, below: { count: 0 } };
  },
  "Query._entities": entities,
  "Query.indicators": () => ({ rows: 0, below: { count: INDICATORS.length } }),
  "Unit.parent": leadingTo(parentField),
  "Unit.ancestors": leadingTo(ancestorsField),
  "Unit.children": leadingTo(childrenField),
  "Unit.descendants": (subject, args, place) => {
    const above = unitsOf(subject, place);
    return pageOfUnits(subject, descendantsField(above, place, args), unitsWithin(above, place.effort));
  },
  "Unit.predecessors": leadingTo(predecessorsField),
  "Unit.successors": leadingTo(successorsField),
  "Unit.correspondence": leadingTo(correspondenceField),
  "Succession.unit": carried,
  "Correspondence.unit": carried,
  "Unit.dossiers": rollup,
  "Unit.tasks": rollup,
  "Unit.services": rollup,
  "DossierRollup.byTier": (subject) => listed(subject, TIERS.length),
  "DossierTierRollup.rollup": carried,
  "DossierRollup.byField": (subject) => listed(subject, LIST_SIZES["DossierRollup.byField"]!),
  "DossierRollup.parts": (subject, args, place) => {
    const { rows, below } = leadingTo(partsField)(subject, args, place);
    return { rows, below: { ...below, ...(subject.period && { period: subject.period }) } };
  },
  "DossierPart.unit": carried,
  "DossierPart.counts": carried,
  "DossierFieldRollup.counts": carried,
  "DossierFieldRollup.field": carried,
  "Form06.total": carried,
  "Form06Row.field": carried,
  "DossierRollup.series": (subject, { grain }) => {
    if (!subject.period) return listed(subject, LIST_SIZE);
    const points = seriesOf(subject.period, grain as PeriodGrain);
    return listed({ ...subject, period: points[0]! }, points.length);
  },
  "Unit.indicators": (subject, { codes, period }, place) => {
    const { rows, below } = listed(subject, (codes as readonly string[] | null | undefined)?.length ?? INDICATORS.length);
    return { rows: rows + place.periods.rowsOf(parsePeriod("period", period as string), place), below };
  },
  "Unit.assessments": (subject) => listed(subject, LIST_SIZES["Unit.assessments"]!),
  "Assessment.previous": (subject) => listed(subject, 1),
  // It looks at the pauses.
  "Dossier.timeliness": ({ count }) => ({ rows: count, below: { count: 0 } }),
  "IndicatorValue.unit": ownUnit,
  "Assessment.unit": ownUnit,
  "Figure.source": carried,
  "Reconciliation.source": carried,
};

/** @throws GraphQLError for arguments that execution refuses too. */
export const stepOf = (name: string, field: GraphQLField<unknown, unknown>, subject: Subject, args: Arguments, place: Place): Step => {
  const { rows, below } = (RULES[name] ?? shapeRule(name, field))(subject, args, place);
  // The points of a series are asked each, and what hangs on them as often.
  const asked = name === SERIES ? below.count : subject.count;
  return { rows: bounded(rows + hiddenRows(name, asked, () => unitsOf({ ...subject, count: asked }, place), place)), below };
};

const SERIES = "DossierRollup.series";
