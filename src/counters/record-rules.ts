import { type RawBuilder, sql } from "kysely";
import { columnName, type RollupKind, summedColumns } from "../figures/measure.ts";
import type { RecordKind } from "./record.entity.ts";

/** A number that reads compute from the counters of a period and of all days before it. */
export interface CountedValue {
  readonly name: string;
  /** The columns that are added up to the end of the period; for a flow only within it. */
  readonly through: readonly string[];
  readonly isFlow: boolean;
  /** Columns whose sums over all days before the period are added and subtracted; each is a flow of its own name, too. */
  readonly before: { readonly added: readonly string[]; readonly subtracted: readonly string[] };
}

const NEITHER = { added: [], subtracted: [] };

/** What happened within the period. */
export const flow = (name: string): CountedValue => ({ name, through: [name], isFlow: true, before: NEITHER });

/** A stock at the end of the period, of changes of that stock. */
export const stock = (name: string): CountedValue => ({ name, through: [name], isFlow: false, before: NEITHER });

/** A stock before the period. */
export const carriedOver = (name: string, added: readonly string[], subtracted: readonly string[]): CountedValue => ({
  ...{ name, through: [], isFlow: false, before: { added, subtracted } },
});

/** A stock at the end of the period that includes what left it within the period. */
export const handled = (name: string, through: readonly string[], subtracted: readonly string[]): CountedValue => ({
  ...{ name, through, isFlow: false, before: { added: [], subtracted } },
});

export interface CounterTables {
  /** Changes of counters that a transaction records, and applies last. */
  readonly deltas: string;
  /** Counters by unit for a day, half-month, quarter or year. */
  readonly units: string;
  /** The same added up to the units of an edition. */
  readonly trees: string;
  /** Counters by unit and another column, except those of days. */
  readonly details: { readonly table: string; readonly column: string } | null;
}

/** What a kind of record brings to the kit of counters. */
interface RecordSpec {
  readonly kind: RecordKind;
  readonly measures: RollupKind;
  readonly tables: CounterTables;
  /** The counted columns. */
  readonly counts: readonly string[];
  /** The numbers that reads return; roll-ups need the first ones alone. */
  readonly values: readonly CountedValue[];
  readonly rolledUp: number;
  /** Aggregate condition: true for counters of which some record counts within the days. */
  readonly anyRecord: RawBuilder<unknown>;
  readonly measuresOf: (counted: readonly number[]) => Readonly<Record<string, number>>;
  /** One row (province_id, unit_id, slot, the column of details, day, counts) for each event of all stored records, or of those of units. */
  readonly eventsOf: (units: RawBuilder<unknown> | null) => RawBuilder<unknown>;
  /** Relation (province_id, unit_id, source_id, counted_on) of all stored records; the day is null for one that does not count. */
  readonly records: RawBuilder<unknown>;
  /** Number `rows` of stored records of the units whose derived columns are not what their other columns say. */
  readonly wrongRecords: (units: RawBuilder<unknown>) => RawBuilder<{ rows: number }>;
}

export interface RecordRules extends RecordSpec {
  /** Sums of no record, in the order of summedColumns. */
  readonly zeros: readonly number[];
  /** The first values of no record, as an array. */
  readonly noCounts: RawBuilder<unknown>;
  readonly countColumns: RawBuilder<unknown>;
  /** The columns of the first values. */
  readonly rolledUpColumns: RawBuilder<unknown>;
  readonly sumsOfCounts: RawBuilder<unknown>;
  /** Aggregate condition: true for a group of rows whose sums are not all 0. */
  readonly anyCount: RawBuilder<unknown>;
  readonly allCounted: RawBuilder<unknown>;
  readonly rolledUpCounted: RawBuilder<unknown>;
}

const plus = (names: readonly string[]) =>
  sql.join(
    names.map((name) => sql.ref(columnName(name))),
    sql` + `,
  );

/** Aggregate sum of counted columns, of the rows that meet the condition. */
export const sumOf = (names: readonly string[], when: RawBuilder<unknown> | null) => aggregate(plus(names), when);

/** Sums of floating-point numbers are exact up to 2^53, and take half as long as those of bigint. */
const aggregate = (amount: RawBuilder<unknown>, when: RawBuilder<unknown> | null) =>
  when ? sql`coalesce(sum((${amount})::float8) filter (where ${when}), 0)` : sql`coalesce(sum((${amount})::float8), 0)`;

export const isBefore = sql`is_before`;
export const isWithin = sql`not is_before`;

const termsOf = ({ through, isFlow, before: { added, subtracted } }: CountedValue): RawBuilder<unknown> => {
  const terms = through.length > 0 ? [sumOf(through, isFlow ? isWithin : null)] : [];
  if (added.length + subtracted.length > 0) {
    const minus = subtracted.length > 0 ? sql` - (${plus(subtracted)})` : sql``;
    terms.push(aggregate(sql`${added.length > 0 ? plus(added) : sql`0`}${minus}`, isBefore));
  }
  return sql`(${sql.join(terms, sql` + `)})`;
};

/** Completes the rules of a kind with the parts of statements that follow from them. */
export const recordRules = (spec: RecordSpec): RecordRules => {
  const columns = spec.counts.map((name) => sql.ref(columnName(name)));
  const rolledUp = spec.values.slice(0, spec.rolledUp);
  const used = new Set(rolledUp.flatMap(({ through, before }) => [...through, ...before.added, ...before.subtracted]));
  return {
    ...spec,
    zeros: summedColumns(spec.measures).map(() => 0),
    noCounts: sql.raw(`'{${Array(spec.rolledUp).fill(0).join()}}'::bigint[]`),
    countColumns: sql.join(columns),
    rolledUpColumns: sql.join([...used].map((name) => sql.ref(columnName(name)))),
    sumsOfCounts: sql.join(columns.map((column) => sql`sum(${column}) as ${column}`)),
    anyCount: sql`(${sql.join(
      columns.map((column) => sql`sum(${column}) <> 0`),
      sql` or `,
    )})`,
    allCounted: sql.join(spec.values.map(termsOf)),
    rolledUpCounted: sql.join(rolledUp.map(termsOf)),
  };
};
