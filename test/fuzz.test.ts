import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { subgraph } from "../src/graphql/schema/subgraph.ts";
import { startService, type TestService } from "./support/client.ts";
import { dossier, fillCatalogue, IMPORT } from "./support/dossiers.ts";
import { issueKey } from "./support/key.ts";
import { drawOperation, type Values, valuesOf } from "./support/operations.ts";
import { END_ON_FAILURE, runs, seed } from "./support/property.ts";

const RUNS = runs(100);
const SEED = seed(20_261_124);

/** What no answer may hold: traces of code, of SQL, of files, of the database, of keys. */
const LEAK =
  /\.[cm]?[jt]s:\d|node_modules|\bat \w+ \(|select .* from|insert into|relation "|column "|unit_version|rollup_set|kysely|mikro|postgres|\bECONN|cchc_[\w-]{40}/i;

let service: TestService;
let schema: Awaited<ReturnType<typeof subgraph>>["schema"];
let callers: (string | undefined)[];
let values: Values;

beforeAll(async () => {
  service = await startService();
  ({ schema } = await subgraph());
  callers = [
    undefined,
    await issueKey(service.database, "officer", { "04": "OFFICER" }),
    await issueKey(service.database, "admin", { VN: "ADMIN" }),
  ];
  values = valuesOf([]);
  await fillCatalogue(service.database);
  const dossiers = ["a", "b", "c"].map((code) => dossier({ code }));
  expect((await service.ask(IMPORT, { source: "fuzz", dossiers }, callers[2])).errors).toBeUndefined();
  // The lineage of an edition is worked out once, as the service does in the background after its start.
  for (const day of new Set(values.Date))
    await service.ask('query ($day: Date) { unit(code: "48", asOf: $day) { dossiers(period: "2022") { coverage { unitsExpected } } } }', {
      day,
    });
});
afterAll(() => service.close());

it(`answers ${RUNS} random operations with nasty values: never a 5xx, never a leak, never a crash`, async () => {
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.gen().map((draw) => ({ ...drawOperation(draw, schema, values), caller: draw(fc.integer, { min: 0, max: 2 }) })),
      async ({ query, variables, caller }) => {
        const bearer = callers[caller];
        const response = await fetch(service.server.url, {
          method: "POST",
          headers: { "content-type": "application/json", ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }) },
          body: JSON.stringify({ query, variables }),
        });
        const text = await response.text();
        expect(response.status, text.slice(0, 500)).toBeLessThan(500);
        const body = JSON.parse(text) as { data?: unknown; errors?: { extensions: { code: string } }[] };
        expect("data" in body || Array.isArray(body.errors)).toBe(true);
        // The creator of a key receives its secret once.
        expect(/\bsecret\b/.test(query) ? text.replaceAll(/cchc_[\w-]+/g, "") : text).not.toMatch(LEAK);
        for (const { extensions } of body.errors ?? []) expect(extensions.code).not.toBe("INTERNAL_SERVER_ERROR");
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      },
    ),
    { numRuns: RUNS, seed: SEED, endOnFailure: END_ON_FAILURE },
  );
  // Operations that are all refused would prove nothing.
  expect(statuses.get(200) ?? 0).toBeGreaterThan(RUNS / 3);
  const { data } = await service.ask<{ unit: { name: string } }, object>('{ unit(code: "48") { name } }');
  expect(data.unit.name).toBe("Đà Nẵng");
});
