import type { Query } from "./template.ts";

/** The values of a statement whose rows are taken as they come, as its only value. */
export class TakenRows {
  readonly values: readonly unknown[];
  readonly take: (row: unknown) => void;

  constructor(values: readonly unknown[], take: (row: unknown) => void) {
    this.values = values;
    this.take = take;
  }
}

/** The same statement, which gives each row as it comes and has none in the end. */
export const takingRows = <R>(query: Query<R>, take: (row: R) => void): Query<R> => {
  let hasBegun = false;
  const taken = (row: unknown) => {
    hasBegun = true;
    take(row as R);
  };
  const compile: Query<R>["compile"] = (kysely) => {
    const compiled = query.compile(kysely);
    return { ...compiled, parameters: [new TakenRows(compiled.parameters, taken)] };
  };
  const execute: Query<R>["execute"] = (kysely, options) => kysely.getExecutor().executeQuery(compile(kysely), options);
  return { compile, execute, hasBegun: () => hasBegun };
};
