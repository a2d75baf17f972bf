import { type RawBuilder, sql } from "kysely";

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

/**
 * A statement whose text is always the same, and which is built once, because to build a long one takes longer than to send it. `build` receives the values by their names as
 * what stands for them.
 */
export const template = <N extends string>(
  names: readonly N[],
  build: (holes: Readonly<Record<N, RawBuilder<unknown>>>) => RawBuilder<unknown>,
): ((values: Readonly<Record<N, unknown>>) => Compiles) => {
  let built: ReturnType<Compiles["compile"]> | null = null;
  return (values) => ({
    compile: (kysely) => {
      const holes = () => Object.fromEntries(names.map((name) => [name, sql`${new Hole(name)}`])) as Record<N, RawBuilder<unknown>>;
      built ??= build(holes()).compile(kysely);
      const { sql: text, parameters } = built;
      return { sql: text, parameters: parameters.map((value) => (value instanceof Hole ? values[value.name as N] : value)) };
    },
  });
};
