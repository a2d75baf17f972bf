import type { EntityManager } from "@mikro-orm/postgresql";
import type { Rows } from "../database/reader.ts";
import type { Day } from "../lib/time/date.ts";
import type { Period } from "../lib/time/period.ts";
import type { Tier } from "../hierarchy/unit.entity.ts";
import type { RollupKind } from "../figures/measure.ts";

/** A roll-up of records: a unit of an edition, over days up to today. */
export interface RecordKey {
  readonly unitNo: number;
  readonly isCountry: boolean;
  readonly editionId: number;
  readonly from: Day;
  readonly to: Day;
  readonly handledBy: Tier | null;
}

/** Certain and possible sums in the order of summedColumns; null without records. */
export interface RecordSums {
  readonly certain: readonly (number | null)[] | null;
  readonly possible: readonly (number | null)[] | null;
  readonly through?: Day;
}

export interface CoverageKey extends RecordKey {
  readonly cellEditionId: number;
  readonly cellDay: Day;
  /** True if the lineage of the cell edition is not computed yet. */
  readonly hasNoCells: boolean;
  readonly setId: number | null;
}

/** Number of covered units; bit n of `reported` is set if all of them report measure n. */
export interface MeasureCoverage {
  readonly covered: number;
  readonly reported: number;
  /** True if the stored set was replaced; the result must be discarded. */
  readonly isGone?: boolean;
}

/** What the records of one unit add to a cell: its own cell, or that of the unit that holds it on the last day of the period. */
export interface Recorded {
  readonly unitId: number;
  readonly cellUnitId: number;
  readonly handlingTier: string;
  readonly columns: readonly (number | null)[];
  readonly isComplete: boolean;
}

export interface Records {
  readonly sums: (keys: readonly RecordKey[]) => Promise<readonly RecordSums[]>;
  /** `rows` is needed for sets with drafts, which are visible only within a scope. */
  readonly measureCoverage: (keys: readonly CoverageKey[], rows?: Rows) => Promise<readonly MeasureCoverage[]>;
  /** Ids of the sources of each key's records, in the order of arrival. */
  readonly sources: (keys: readonly RecordKey[]) => Promise<readonly (readonly number[])[]>;
  /** The same three reads in the snapshot of the transaction of `em`; contributions of the editions must exist. */
  readonly within: (em: EntityManager) => Pick<Records, "sums" | "measureCoverage" | "sources">;
  /** The records of a period in the hierarchy of its last day, in the snapshot of the transaction of `em`. */
  readonly cells: (
    em: EntityManager,
    key: { readonly cellEditionId: number; readonly cellDay: Day; readonly period: Period },
  ) => Promise<readonly Recorded[]>;
}

/** Converts measures of records to the order of summedColumns; records contain all parts of their rates. */
export const columnsOf = (kind: RollupKind, measures: Readonly<Record<string, number>>): number[] => {
  const columns: number[] = [];
  for (const names of termsOf(kind)) {
    let sum = 0;
    for (const name of names) sum += measures[name]!;
    columns.push(sum);
  }
  return columns;
};

const terms = new Map<RollupKind, readonly (readonly string[])[]>();

/** The measures that each of summedColumns adds up. */
const termsOf = (kind: RollupKind): readonly (readonly string[])[] => {
  const cached = terms.get(kind);
  if (cached) return cached;
  const found = [...kind.measures.map(({ name }) => [name]), ...kind.rates.flatMap(({ part, whole }) => [part, whole, whole])];
  terms.set(kind, found);
  return found;
};
