import { createQueryId, PostgresQueryCompiler, type RawBuilder, sql } from "kysely";

const compiler = new PostgresQueryCompiler();

/** The fragment as one text, because the time to compile a statement grows with its parts. @throws RangeError for a fragment with values. */
const textOf = (fragment: RawBuilder<unknown>): RawBuilder<unknown> => {
  const { sql: text, parameters } = compiler.compileQuery(fragment.toOperationNode(), createQueryId());
  if (parameters.length > 0) throw new RangeError(`a fixed fragment must have no values, but has ${parameters.length}: ${text}`);
  return sql.raw(text);
};

/** Keeps fragments that depend only on their names. */
export class FixedFragments {
  readonly #texts = new Map<string, RawBuilder<unknown>>();

  of(name: string, fragment: () => RawBuilder<unknown>): RawBuilder<unknown> {
    const found = this.#texts.get(name) ?? textOf(fragment());
    this.#texts.set(name, found);
    return found;
  }
}
