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
  return (values) => {
    const compile: Query<R>["compile"] = (kysely) => {
      const holes = () => Object.fromEntries(names.map((name) => [name, sql`${new Hole(name)}`])) as Holes<N>;
      built ??= build(holes()).compile(kysely);
      return { ...built, parameters: built.parameters.map((value) => (value instanceof Hole ? values[value.name as N] : value)) };
    };
    return { compile, execute: (kysely, options) => kysely.getExecutor().executeQuery(compile(kysely), options) };
  };
};
