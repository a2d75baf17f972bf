import type { Hierarchy } from "../../hierarchy/hierarchy.ts";
import type { Day } from "../../lib/time/date.ts";
import type { Period } from "../../lib/time/period.ts";
import type { Effort, UnitSet } from "./unit-set.ts";

export type Arguments = Readonly<Record<string, unknown>>;

export interface Place {
  readonly hierarchy: Hierarchy;
  readonly today: Day;
  readonly effort: Effort;
  /** The new periods whose first read is already counted. */
  readonly periods: Set<string>;
}

/** Estimate of the objects at one place of an answer. */
export interface Subject {
  readonly count: number;
  /** The units that the objects are or describe. */
  readonly units?: UnitSet | undefined;
  readonly period?: Period;
  /** For connections, whose count is the number of items in all pages: their own number. */
  readonly lists?: number;
  /** For connections of units: number of units that totalCount reads. */
  readonly listed?: number;
  /** For introspection: how often the answer shows each part of the schema. */
  readonly shown?: ReadonlyMap<unknown, number>;
  /** The estimate for each type, if the objects have several. */
  readonly byType?: (type: string) => Subject;
}

/** The rows that a field reads for all its objects, and the subject of its own fields. */
export interface Step {
  readonly rows: number;
  readonly below: Subject;
}

export type Rule = (subject: Subject, args: Arguments, place: Place) => Step;

/** Rows that a field reads but does not return. One row of cost is the time of one unit in the whole country's tree of roll-ups. */
export interface HiddenReads {
  /** Rows for each unit itself. */
  readonly own?: number;
  /** Rows for each unit of its subtree, itself included. */
  readonly within?: number;
  /** True if it reads these for each item of its list. */
  readonly isOfItems?: boolean;
}

/** The cost of a field whose shape does not determine it. No cost depends on stored data, so that it reveals none. */
export interface FieldCost {
  /** Replaces the rule by shape. */
  readonly rule?: Rule;
  readonly size?: number;
  /** Number of rows that a value reads, such as totalCount. */
  readonly counted?: number;
  readonly hidden?: HiddenReads;
}

export interface Costs {
  /** By type and name: Unit.dossiers. */
  readonly fields?: Readonly<Record<string, FieldCost | Rule>>;
  /** Types and fields, by type and name, whose objects belong to a row that is already counted, or to the code. */
  readonly parts?: readonly string[];
}
