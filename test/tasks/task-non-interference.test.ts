import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { subgraph } from "../../src/graphql/schema/subgraph.ts";
import { startService, type TestService } from "../support/client.ts";
import { issueKey } from "../support/key.ts";
import { drawOperation, type Values, valuesOf } from "../support/operations.ts";
import { runs, seed } from "../support/property.ts";

const RUNS = runs(50);
const SEED = seed(20_261_130);
const FREE = { rateAddress: 0, rateKey: 0 } as const;
const ASSIGN = "mutation ($input: AssignTaskInput!) { assignTask(input: $input) { task { id code } } }";

interface Sent {
  readonly status: number;
  readonly body: string;
}

/** Two databases that differ only in tasks of Cao Bằng, as they are seen by those of Đà Nẵng, of a commune that they do not concern, and by nobody. */
describe("what a caller may not see of tasks", () => {
  let services: readonly [TestService, TestService];
  let close: () => Promise<void>;
  let callers: readonly (string | undefined)[];
  let values: Values;
  let schema: Awaited<ReturnType<typeof subgraph>>["schema"];
  const ids: string[] = [];

  const made = async (service: TestService, key: string, query: string, input: object): Promise<string> => {
    const { data, errors } = await service.ask<Record<string, { task: { id: string } }>, object>(query, { input }, key);
    expect(errors).toBeUndefined();
    const { id } = Object.values(data)[0]!.task;
    ids.push(id);
    return id;
  };

  beforeAll(async () => {
    ({ schema } = await subgraph());
    const first = await startService("SEEDED", FREE);
    const officer = await issueKey(first.database, "Cao Bằng", { "04": "OFFICER" });
    const others = await issueKey(first.database, "Đà Nẵng officer", { "48": "OFFICER" });
    callers = [
      undefined,
      await issueKey(first.database, "Đà Nẵng", { "48": "VIEWER" }),
      await issueKey(first.database, "commune", { "01288": "VIEWER" }),
    ];
    const task = (unit: string, lead: string, n: number, more: object = {}) => ({
      ...{ idempotencyKey: `${unit}-${n}`, assignedBy: unit, lead, title: `Nhiệm vụ ${n}`, deadline: `2026-12-${10 + n}` },
      ...more,
    });
    for (let n = 0; n < 3; n++) await made(first, others, ASSIGN, task("48", "20194", n));
    await made(first, officer, ASSIGN, task("04", "01273", 0));
    await first.server.close();
    await first.database.disconnect();
    services = [await startService(first.database, FREE), await startService(first.database, FREE)];
    for (const [n, service] of services.entries()) {
      for (let i = 1; i <= 2 + 3 * n; i++) {
        await made(service, officer, ASSIGN, task("04", "01273", i, { title: `Ẩn ${n}.${i}`, coordinators: i % 2 ? ["01279"] : [] }));
      }
    }
    close = async () => {
      for (const service of services) await service.close();
      await first.database.close();
    };
    values = valuesOf([...ids, "NV-2026-000001", "NV-2026-000003", "04", "01273", "48"]);
  });
  afterAll(() => close());

  const send = async ({ server }: TestService, query: string, variables: unknown, bearer: string | undefined): Promise<Sent> => {
    const response = await fetch(server.url, {
      method: "POST",
      headers: {
        ...{ "content-type": "application/json", "x-request-id": "the-same" },
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
    return { status: response.status, body: await response.text() };
  };
  const sendBoth = (query: string, variables: unknown, bearer: string | undefined) =>
    Promise.all(services.map((service) => send(service, query, variables, bearer)));

  it(`changes no byte of any answer, in ${RUNS} random operations on tasks`, async () => {
    let answered = 0;
    const drawn = fc.gen().map((draw) => ({
      operation: drawOperation(draw, schema, values),
      bearer: callers[draw(fc.integer, { min: 0, max: callers.length - 1 })],
    }));
    await fc.assert(
      fc.asyncProperty(drawn, async ({ operation: { query, variables }, bearer }) => {
        fc.pre(/\b(?:tasks?|\w+Tasks?|\w+TaskProgress|\w+TaskExtension)\(/.test(query));
        const [one, two] = await sendBoth(query, variables, bearer);
        expect(one).toEqual(two);
        if (one!.body.includes('"data":{')) answered++;
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: true, maxSkipsPerRun: 200 },
    );
    expect(answered).toBeGreaterThan(0);
  });

  it("is shown by no list, number, cursor, search, reference or refusal", async () => {
    const questions = [
      "{ tasks(filter: {}) { totalCount nodes { id code } edges { cursor } pageInfo { endCursor hasNextPage } } }",
      ...["04", "VN", "01273"].map(
        (unit) => `{ tasks(filter: { within: "${unit}" }, first: 1) { totalCount nodes { id } pageInfo { hasNextPage } } }`,
      ),
      '{ tasks(filter: { assignedBy: "04" }) { totalCount } byHelp: tasks(filter: { coordinator: "01279" }) { totalCount } }',
      '{ tasks(filter: { search: "an" }, orderBy: ASSIGNED_ON_DESC) { totalCount nodes { title } } }',
      "{ tasks(filter: { dueWithin: 200 }) { totalCount nodes { code subtasks { code } parent { code } } } }",
      ...ids.map(
        (id) =>
          `{ task(id: "${id}") { code title } _entities(representations: [{ __typename: "Task", id: "${id}" }]) { ... on Task { code } } }`,
      ),
      ...ids.map((id) => `mutation { cancelTask(input: { task: "${id}", note: "x" }) { task { id } } }`),
    ];
    for (const query of questions)
      for (const bearer of callers) {
        const [one, two] = await sendBoth(query, {}, bearer);
        expect(one, query).toEqual(two);
      }
  });

  it("would show itself to those whom it concerns", async () => {
    const keys = await Promise.all(services.map(({ database }) => issueKey(database, "helper", { "01279": "VIEWER" })));
    const [one, two] = await Promise.all(services.map((service, n) => send(service, "{ tasks(filter: {}) { totalCount } }", {}, keys[n])));
    expect(one!.status).toBe(200);
    expect(one!.body).not.toBe(two!.body);
  });
});
