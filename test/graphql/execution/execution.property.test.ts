import fc from "fast-check";
import { execute, GraphQLError, Kind, parse, validate } from "graphql";
import { afterAll, beforeAll, expect, it } from "vitest";
import { measure } from "../../../src/graphql/limits/measures.ts";
import { createApollo } from "../../../src/server/apollo.ts";
import { drawDocument } from "../../support/documents.ts";
import { maze } from "../../support/maze.ts";
import { END_ON_FAILURE, runs, seed } from "../../support/property.ts";

const RUNS = runs(200);
const SEED = seed(20_261_124);
/** Selections of an operation: larger ones say nothing more, and take long. */
const MAX_SIZE = 40;

const { schema, seen } = maze();
const apollo = createApollo(schema, { maxAliases: 1000, maxDirectives: 1000, maxDepth: 50, maxSelections: 100_000 });
beforeAll(() => apollo.start());
afterAll(() => apollo.stop());

/** An error of graphql-js in the form of the service. */
const textOf = (error: GraphQLError) => {
  const { message, locations, path } = error.toJSON();
  let cause: unknown = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  const isRefused = /^(Argument "|Variable "\$|Too many errors processing variables)/.test(message);
  const code = error.extensions["code"] ?? (isRefused ? "BAD_USER_INPUT" : "INTERNAL_SERVER_ERROR");
  return { message: cause instanceof GraphQLError ? message : "Internal server error", locations, path, code };
};

const expectedOf = async (source: string, operationName: string, variableValues: Readonly<Record<string, unknown>>) => {
  const { data, errors } = await execute({ schema, document: parse(source), operationName, variableValues });
  return { data: JSON.stringify(data ?? null), errors: errors?.map(textOf) };
};

const answerOf = async (query: string, operationName: string, variables: Readonly<Record<string, unknown>>) => {
  const { body } = await apollo.executeOperation({ query, operationName, variables });
  if (body.kind !== "single") throw new Error("A chunked response was not requested");
  const { data, errors } = body.singleResult;
  return {
    data: JSON.stringify(data ?? null),
    errors: errors?.map(({ message, locations, path, extensions }) => ({ message, locations, path, code: extensions?.["code"] })),
  };
};

it(`answers ${RUNS} random documents as graphql-js does: data to the byte, errors with their places and codes`, async () => {
  const counts = { asked: 0, failed: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.gen().map((draw) => drawDocument(draw, schema)),
      async ({ source, operations }) => {
        const document = parse(source);
        const size = Math.max(
          ...document.definitions.map((one) => (one.kind === Kind.OPERATION_DEFINITION ? measure(document, one).selections : 0)),
        );
        fc.pre(size <= MAX_SIZE && validate(schema, document).length === 0);
        // What one operation or one set of variables leaves behind is met by the next; what is asked again is compiled.
        for (let time = 0; time < 2; time++)
          for (const { name, variables } of operations)
            for (const given of variables) {
              const before = seen.plain;
              const expected = await expectedOf(source, name, given);
              seen.plain = before;
              expect(await answerOf(source, name, given), `${source}\n${name} ${JSON.stringify(given)}`).toEqual(expected);
              counts.asked++;
              counts.failed += expected.errors ? 1 : 0;
            }
      },
    ),
    { numRuns: RUNS, seed: SEED, endOnFailure: END_ON_FAILURE },
  );
  // What only fails, or is never compiled, would prove nothing.
  expect(counts.failed).toBeGreaterThan(counts.asked / 20);
  expect(counts.failed).toBeLessThan(counts.asked / 2);
  expect(seen.compiled).toBeGreaterThan(seen.plain / 2);
  expect(globalThis).not.toHaveProperty("breached");
}, 1_800_000);
