import { type CompiledQuery, type RawBuilder, sql } from "kysely";

/** Stands in the text of a template for a value. */
class Hole {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A statement with its values. One that has begun to give rows is not repeated. */
export type Query<R> = Pick<RawBuilder<R>, "compile" | "execute"> & { readonly hasBegun?: () => boolean };

/** What becomes the text and the values of a statement. */
export interface Compiles {
  compile(kysely: Parameters<RawBuilder<unknown>["compile"]>[0]): { readonly sql: string; readonly parameters: readonly unknown[] };
}

/** What stands for the values of a template, by their names. */
export type Holes<N extends string = string> = Readonly<Record<N, RawBuilder<unknown>>>;

/**
 * A statement whose text is always the same, and which is built once, because to build a long one takes longer than to send it. `build` receives the values by their names as
 * what stands for them.
 */
export const template = <R, N extends string = string>(
  names: readonly N[],
  build: (holes: Holes<N>) => RawBuilder<R>,
): ((values: Readonly<Record<N, unknown>>) => Query<R>) => {
  let built: CompiledQuery<R> | null = null;
  const holes = () => Object.fromEntries(names.map((name) => [name, sql`${new Hole(name)}`])) as Holes<N>;
  return (values) => {
    const compile: Query<R>["compile"] = (kysely) => {
      built ??= onceEach(build(holes()).compile(kysely));
      return { ...built, parameters: built.parameters.map((value) => (value instanceof Hole ? values[value.name as N] : value)) };
    };
    return { compile, execute: (kysely, options) => kysely.getExecutor().executeQuery(compile(kysely), options) };
  };
};

/** The same statement, each of whose holes is one parameter wherever it stands: PostgreSQL reads each parameter again. */
const onceEach = <R>(query: CompiledQuery<R>): CompiledQuery<R> => {
  const parameters: unknown[] = [];
  const numbers = query.parameters.map((value) => {
    const same = value instanceof Hole ? parameters.findIndex((other) => other instanceof Hole && other.name === value.name) : -1;
    return same === -1 ? parameters.push(value) : same + 1;
  });
  return { ...query, sql: query.sql.replace(/\$(\d+)/g, (_, number: string) => `$${numbers[Number(number) - 1]}`), parameters };
};
