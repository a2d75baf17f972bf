import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";

interface Case {
  readonly name: string;
  readonly query: string;
  readonly variables: Record<string, unknown>;
  readonly expected: unknown;
}

const cases = JSON.parse(await readFile(new URL("cases.json", import.meta.url), "utf8")) as Case[];

/** An expected object need only be contained in the answer; lists compare whole and in order; numbers to 1e-6. */
const expectContained = (expected: unknown, actual: unknown, path: string): void => {
  if (typeof expected === "number" && typeof actual === "number") {
    expect(Math.abs(expected - actual), path).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(expected)));
  } else if (Array.isArray(expected)) {
    expect(actual, path).toBeInstanceOf(Array);
    expect((actual as unknown[]).length, `${path}.length`).toBe(expected.length);
    expected.forEach((element, n) => expectContained(element, (actual as unknown[])[n], `${path}[${n}]`));
  } else if (expected !== null && typeof expected === "object") {
    expect(actual, path).toBeTypeOf("object");
    expect(actual, path).not.toBeNull();
    for (const [key, value] of Object.entries(expected)) expectContained(value, (actual as Record<string, unknown>)[key], `${path}.${key}`);
  } else expect(actual, path).toBe(expected);
};

describe("the questions that the five reports answer", () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.close());

  it.each(cases)("$name", async ({ query, variables, expected }) => {
    const answer = await service.ask(query, variables);
    expect(answer.errors).toBeUndefined();
    expectContained(expected, answer.data, "data");
  });
});
