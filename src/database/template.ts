import { CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";

/** Stands in the text of a template for a value. */
class Hole {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** What becomes the text and the values of a statement. */
export interface Compiles {
  compile(kysely: Parameters<RawBuilder<unknown>["compile"]>[0]): { readonly sql: string; readonly parameters: readonly unknown[] };
}

/** What stands for the values of a template, by their names. */
export type Holes<N extends string = string> = Readonly<Record<N, RawBuilder<unknown>>>;

/** A statement with its values. */
export interface Filled<R> extends Compiles {
  execute(kysely: Kysely<unknown>, options?: Parameters<RawBuilder<R>["execute"]>[1]): Promise<{ readonly rows: R[] }>;
}

/**
 * A statement whose text is always the same, and which is built once, because to build a long one takes longer than to send it. `build` receives the values by their names as
 * what stands for them.
 */
export const template = <R, N extends string = string>(
  names: readonly N[],
  build: (holes: Holes<N>) => RawBuilder<R>,
): ((values: Readonly<Record<N, unknown>>) => Filled<R>) => {
  let built: ReturnType<Compiles["compile"]> | null = null;
  return (values) => {
    const compile: Compiles["compile"] = (kysely) => {
      const holes = () => Object.fromEntries(names.map((name) => [name, sql`${new Hole(name)}`])) as Holes<N>;
      built ??= build(holes()).compile(kysely);
      const { sql: text, parameters } = built;
      return { sql: text, parameters: parameters.map((value) => (value instanceof Hole ? values[value.name as N] : value)) };
    };
    return {
      compile,
      execute: (kysely, options) => {
        const { sql: text, parameters } = compile(kysely);
        return kysely.executeQuery<R>(CompiledQuery.raw(text, [...parameters]), options);
      },
    };
  };
};
