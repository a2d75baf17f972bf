import { getNamedType, getNullableType, type GraphQLField, GraphQLInt, isLeafType, isListType } from "graphql";
import { CHANNELS } from "../../dossiers/dossier-state.ts";
import { MAX_FIGURES } from "../../reports/report-check.ts";
import type { Period } from "../../lib/time/period.ts";
import { COUNTED_ROWS } from "./reads.ts";
import type { Arguments, Place } from "./unit-fields.ts";
import { bounded, type UnitSet } from "./unit-set.ts";

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

export type Rule = (subject: Subject, args: Arguments, place: Place) => Step;

/**
 * How many rows lists have whose length no hierarchy tells. They are the same whatever is stored, so that they tell nothing of it; each
 * is more than published reports have brought so far.
 */
export const LIST_SIZES: Readonly<Record<string, number>> = {
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
export const LIST_SIZE = 20;

/** Parts of a row that is counted already, or of the code. */
const PARTS: ReadonlySet<string> = new Set([
  ...["Rate", "Bounds", "PageInfo", "Indicator", "Classification", "Rubric", "PeerBlock", "_Service"],
]);

/** A list of `length` rows for each object, which speaks of the same units. */
export const listed = (subject: Subject, length: number): Step => {
  const count = bounded(subject.count * length);
  return { rows: count, below: { ...subject, count } };
};

/** What a field without a rule of its own reads, as its shape says. Of units that it leads to nothing is known. */
export const shapeRule = (name: string, { name: own, type, args: definitions }: GraphQLField<unknown, unknown>): Rule => {
  const named = getNamedType(type);
  const counted = COUNTED_ROWS[name] ?? 0;
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
