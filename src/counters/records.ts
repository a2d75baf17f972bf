import type { EntityManager } from "@mikro-orm/postgresql";
import type { Rows } from "../database/reader.ts";
import type { Day } from "../lib/time/date.ts";
import type { Period } from "../lib/time/period.ts";
import type { Tier } from "../hierarchy/unit.entity.ts";
import type { RollupKind } from "../figures/measure.ts";

/** A roll-up of records: of a unit of an edition, over days of which none lies ahead. */
export interface RecordKey {
  readonly unitNo: number;
  readonly isCountry: boolean;
  readonly editionId: number;
  readonly from: Day;
  readonly to: Day;
  readonly handledBy: Tier | null;
}

/** What records add up to, as summedColumns: certainly, and possibly; null where there are none. */
export interface RecordSums {
  readonly certain: readonly (number | null)[] | null;
  readonly possible: readonly (number | null)[] | null;
  /** The last day that was counted. */
  readonly through?: Day;
}

export interface KnowledgeKey extends RecordKey {
  readonly cellEditionId: number;
  readonly cellDay: Day;
  readonly setId: number | null;
}

/** How many units are covered, and bit n for measure n known of all of them. */
export interface RecordKnowledge {
  readonly covered: number;
  readonly known: number;
  /** Whether the stored set is no more what it was, so that this is of no use. */
  readonly isGone?: boolean;
}

/** What the records of one unit add to a cell: their own one, or that of the unit which holds it on the period's last day. */
export interface Recorded {
  readonly unitId: number;
  readonly cellUnitId: number;
  readonly slot: string;
  readonly columns: readonly (number | null)[];
  /** Whether all records are here that the cell consists of. */
  readonly isComplete: boolean;
}

/** Records as evidence for roll-ups: what a module that keeps records offers. */
export interface Records {
  readonly sums: (keys: readonly RecordKey[]) => Promise<readonly RecordSums[]>;
  /** By `rows` where the sets count drafts, which are seen within a scope only. */
  readonly knowledge: (keys: readonly KnowledgeKey[], rows?: Rows) => Promise<readonly RecordKnowledge[]>;
  /** The sources of the records of each, in the order of arrival: their internal numbers. */
  readonly sources: (keys: readonly RecordKey[]) => Promise<readonly (readonly number[])[]>;
  /** The same of these three in the snapshot of the transaction of `em`; contributions of the editions are there. */
  readonly within: (em: EntityManager) => Pick<Records, "sums" | "knowledge" | "sources">;
  /** What they say of a period in the hierarchy of its last day, in the snapshot of the transaction of `em`. */
  readonly cells: (
    em: EntityManager,
    key: { readonly cellEditionId: number; readonly cellDay: Day; readonly period: Period },
  ) => Promise<readonly Recorded[]>;
}

/** The measures of records as summedColumns: what is recorded has all parts of its rates. */
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
  const known = terms.get(kind);
  if (known) return known;
  const found = [...kind.measures.map(({ name }) => [name]), ...kind.rates.flatMap(({ part, whole }) => [part, whole, whole])];
  terms.set(kind, found);
  return found;
};
