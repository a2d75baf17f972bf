import { type RawBuilder, sql } from "kysely";

type ColumnType = "int" | "bigint" | "smallint" | "text" | "date" | "timestamptz" | "boolean" | "jsonb" | "numeric" | "float8";

/** The columns of a relation: the type of each, and its value in a row. */
export type Columns<R> = Readonly<Record<string, readonly [type: ColumnType, value: (row: R, index: number) => unknown]>>;

const arraysOf = <R>(rows: readonly R[], columns: Columns<R>) =>
  sql.join(Object.values(columns).map(([type, value]) => sql`${rows.map(value)}::${sql.raw(type)}[]`));

/** Rows as a relation of a statement: `unnest($1::int[], $2::date[]) k(no, day)`. */
export const relation = <R>(alias: string, rows: readonly R[], columns: Columns<R>): RawBuilder<unknown> =>
  sql`unnest(${arraysOf(rows, columns)}) ${sql.raw(`${alias}(${Object.keys(columns).join(", ")})`)}`;

/** The same with a last column, the number of the row from 1, by which a loader finds the key of each row that it reads. */
export const keyed = <R>(alias: string, rows: readonly R[], columns: Columns<R>, number = "i"): RawBuilder<unknown> =>
  sql`unnest(${arraysOf(rows, columns)}) with ordinality ${sql.raw(`${alias}(${[...Object.keys(columns), number].join(", ")})`)}`;

/** The names and types of columns, for a relation of a template. */
type ColumnTypes = Readonly<Record<string, readonly [type: ColumnType, ...others: unknown[]]>>;

/** The relation of `keyed`, whose columns stand in a template as arrays of the same names. */
export const keyedHoles = (alias: string, holes: Readonly<Record<string, RawBuilder<unknown>>>, columns: ColumnTypes, number: string) => {
  const arrays = Object.entries(columns).map(([name, [type]]) => sql`${holes[name]}::${sql.raw(type)}[]`);
  return sql`unnest(${sql.join(arrays)}) with ordinality ${sql.raw(`${alias}(${[...Object.keys(columns), number].join(", ")})`)}`;
};

/** The same of integers. For long lists the planner expects a thousand rows, where it expects ten of other relations and may compare all rows of two of them. */
export const keyedIntegers = (
  alias: string,
  isLong: boolean,
  columns: Readonly<Record<string, readonly number[]>>,
): RawBuilder<unknown> => {
  const entries = Object.entries(columns);
  if (!isLong)
    return sql`unnest(${sql.join(entries.map(([, values]) => sql`${values}::int[]`))}) with ordinality ${sql.raw(`${alias}(${[...Object.keys(columns), "i"].join(", ")})`)}`;
  const elements = sql.join(entries.map(([name, values]) => sql`(${values}::int[])[i] as ${sql.ref(name)}`));
  return sql`(select ${elements}, i from generate_series(1, ${entries[0]![1].length}) i) ${sql.raw(alias)}`;
};
