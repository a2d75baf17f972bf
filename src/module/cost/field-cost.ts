import type { Hierarchy } from "../../hierarchy/hierarchy.ts";
import type { Day } from "../../lib/time/date.ts";
import type { Period } from "../../lib/time/period.ts";
import type { Effort, UnitSet } from "./unit-set.ts";

/** Values of a field's arguments, as execution would pass them. */
export type Arguments = Readonly<Record<string, unknown>>;

/** What the units of an answer are looked up in. */
export interface Place {
  readonly hierarchy: Hierarchy;
  readonly today: Day;
  readonly effort: Effort;
  /** Periods that the operation has asked for so far. */
  readonly periods: Periods;
}

export interface Periods {
  /** What roll-ups of the period take besides, where the operation asks for it first. */
  rowsOf(period: Period, place: Pick<Place, "hierarchy" | "today">): number;
}

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

/** What a field reads that its answer does not show. One row of cost is what a unit of the whole country's tree of roll-ups takes. */
export interface HiddenReads {
  /** Rows for each unit asked. */
  readonly own: number;
  /** Rows for each unit that its subtree holds, itself included. */
  readonly within: number;
  /** Whether it reads so for each item of its list. */
  readonly isOfItems?: boolean;
}

/** What a field reads, where its shape does not tell it. Nothing of it follows what is stored, so that it tells nothing of that. */
export interface FieldCost {
  /** In the place of what its shape tells. */
  readonly rule?: Rule;
  /** Items of its list. */
  readonly size?: number;
  /** Rows that are counted for its number. */
  readonly counted?: number;
  readonly hidden?: HiddenReads;
}

/** What a module says of its fields. */
export interface Costs {
  /** By type and name: Unit.dossiers. */
  readonly fields?: Readonly<Record<string, FieldCost>>;
  /** Types whose objects are parts of a row that is counted already, or of the code. */
  readonly parts?: readonly string[];
}
