import { getNamedType, getNullableType, type GraphQLField, GraphQLInt, isLeafType, isListType } from "graphql";
import { CHANNELS } from "../../../dossiers/dossier-state.ts";
import { INDICATORS } from "../../../indicators/indicator.ts";
import type { Reference } from "../../../reference.ts";
import { parsePeriod, type Period, type PeriodGrain, seriesOf } from "../../../time/period.ts";
import { dayNumber } from "../../../units/hierarchy.ts";
import { MAX_FIGURES } from "../../../reports/report-check.ts";
import { TIERS } from "../../../units/unit.entity.ts";
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
import { COUNTED, hiddenRows } from "./reads.ts";
import { anyOf, bounded, NO_UNITS, repeated, type UnitSet, unitsWithin } from "./unit-set.ts";

/** What is known of the objects at one place of an answer. */
export interface Subject {
  /** How many there are at most. */
  readonly count: number;
  /** The units that they are, or that they speak of. */
  readonly units?: UnitSet | undefined;
  /** The period of roll-ups. */
  readonly period?: Period;
  /** Of connections: how many rows all their pages have. */
  readonly page?: number;
  /** Of connections of units: how many are counted for their number. */
  readonly counted?: number;
  /** True for the edges of a connection, whose rows are counted with it. */
  readonly isEdge?: boolean;
  /** Where there are several types of them, what is known of those of each. */
  readonly byType?: (type: string) => Subject;
}

/** The rows that a field reads for all objects that it is asked of, and what its own fields are then asked of. */
export interface Step {
  readonly rows: number;
  readonly below: Subject;
}

type Rule = (subject: Subject, args: Arguments, place: Place) => Step;

/**
 * How many rows lists have whose length no hierarchy tells. They are the same whatever is stored, so that they tell nothing of it; each
 * is more than published reports have brought so far.
 */
const LIST_SIZES: Readonly<Record<string, number>> = {
  // A roll-up rests on the reports of its subtree; a single result on one or two.
  "DossierRollup.sources": 10,
  "TaskRollup.sources": 10,
  "ServiceRollup.sources": 10,
  "IndicatorValue.sources": 10,
  "Assessment.sources": 2,
  "SurveyResult.sources": 2,
  "Commendation.sources": 2,
  "Ranking.sources": 2,
  // The catalogue has some eighty fields of procedures that local units decide.
  "DossierRollup.byField": 80,
  "DossierRollup.byChannel": CHANNELS.length,
  "Form06.rows": 80,
  "ServiceQuality.criteria": 5,
  // There are fifteen measures of dossiers.
  "DossierRollup.reconciliation": 15,
  // A yearly report states fewer than a hundred numbers of one unit.
  "Unit.figures": 100,
  // A report may state as many.
  "Report.figures": MAX_FIGURES,
  // A unit is judged by fewer than ten indexes a year.
  "Unit.assessments": 20,
  // Departments, districts, communes: few blocks publish standings.
  "Unit.rankings": 5,
  "Unit.surveys": 10,
  "Unit.commendations": 10,
  // The communes of one district, the departments of one province.
  "Ranking.entries": 30,
  // Dossiers and tasks.
  "Unit.records": 2,
  // Of each unit that was sent.
  "DeclareCompletePayload.records": 0,
  // There are seven classes.
  "Ranking.byClassification": 7,
  "Rubric.bands": 7,
  // Twelve holidays, those that make up for weekends, and a few swaps.
  "WorkCalendar.days": 30,
  // Most never stand still, and few more than twice.
  "Dossier.pauses": 2,
  // Central, provincial, district and communal authorities, and a few offices beside them.
  "ServiceRollup.byAuthority": 10,
};

/** Of lists that nothing is known of. */
const LIST_SIZE = 20;

/** Parts of a row that is counted already, or of the code. */
const PARTS: ReadonlySet<string> = new Set([
  ...["Rate", "Bounds", "PageInfo", "Indicator", "Classification", "Rubric", "PeerBlock", "_Service"],
]);

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

/** A list of `length` rows for each object, which speaks of the same units. */
const listed = (subject: Subject, length: number): Step => {
  const count = bounded(subject.count * length);
  return { rows: count, below: { ...subject, count } };
};

/** @throws GraphQLError for arguments that execution refuses too. */
export const stepOf = (name: string, field: GraphQLField<unknown, unknown>, subject: Subject, args: Arguments, place: Place): Step => {
  const { rows, below } = (RULES[name] ?? ruleOf(name, field))(subject, args, place);
  // The points of a series are asked each, and what hangs on them as often.
  const asked = name === SERIES ? below.count : subject.count;
  return { rows: bounded(rows + hiddenRows(name, asked, () => unitsOf({ ...subject, count: asked }, place), place)), below };
};

const SERIES = "DossierRollup.series";

/** What a field without a rule of its own reads, told by its shape. Of units that it leads to nothing is known. */
const ruleOf = (name: string, { name: own, type, args: definitions }: GraphQLField<unknown, unknown>): Rule => {
  const named = getNamedType(type);
  const counted = COUNTED[name] ?? 0;
  if (isLeafType(named)) return ({ count }, args) => ({ rows: itemsIn(args) + counted * count, below: { count: 0 } });
  const isList = isListType(getNullableType(type));
  if (definitions.some((argument) => argument.name === "first" && getNullableType(argument.type) === GraphQLInt))
    return ({ count }, args) => {
      const { rows } = listed({ count }, firstOf(args) + itemsIn(args));
      return { rows, below: isList ? { count: rows } : { count, page: rows } };
    };
  const length = isList ? (LIST_SIZES[name] ?? LIST_SIZE) : Number(!PARTS.has(named.name));
  return ({ count, units, page, isEdge }, args) => {
    if (isEdge && own === "node") return { rows: 0, below: { count, units } };
    if (page !== undefined && (own === "nodes" || own === "edges"))
      return { rows: 0, below: { count: page, units, isEdge: own === "edges" } };
    const { rows } = listed({ count }, length + itemsIn(args));
    return { rows, below: { count: isList ? rows : count } };
  };
};

const firstOf = ({ first }: Arguments): number => Math.max(0, (first as number | null | undefined) ?? LIST_SIZE);

/** Items of all lists in the arguments, at any depth: each may become a row, or need one. */
const itemsIn = (value: unknown): number => {
  if (typeof value !== "object" || value === null) return 0;
  const parts = Object.values(value);
  let items = Array.isArray(value) ? parts.length : 0;
  for (const part of parts) items += itemsIn(part);
  return items;
};
