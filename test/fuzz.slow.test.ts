import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { subgraph } from "../src/graphql/schema/subgraph.ts";
import { ASSESSED_ROOTS, assessedProvince } from "./assessments/assessed-province.ts";
import { CycleRoom } from "./assessments/cycle-room.ts";
import type { TestService } from "./support/client.ts";
import { dossier, fillCatalogue, IMPORT } from "./support/dossiers.ts";
import { issueKey } from "./support/key.ts";
import { drawOperation, type Operation, type Values, valuesOf } from "./support/operations.ts";
import { END_ON_FAILURE, runs, seed } from "./support/property.ts";

const RUNS = runs(100);
const SEED = seed(20_261_124);

/** What no answer may hold: traces of code, of SQL, of files, of the database, of keys. */
const LEAK =
  /\.[cm]?[jt]s:\d|node_modules|\bat \w+ \(|select .* from|insert into|relation "|column "|unit_version|rollup_set|kysely|mikro|postgres|\bECONN|cchc_[\w-]{40}/i;

let room: CycleRoom;
let service: TestService;
let schema: Awaited<ReturnType<typeof subgraph>>["schema"];
let callers: (string | undefined)[];
let values: Values;

beforeAll(async () => {
  room = await CycleRoom.start();
  ({ service } = room);
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

/** Asks as one of the callers; returns the answer, which is safe for everybody to read. */
const answered = async ({ query, variables }: Operation, bearer: string | undefined) => {
  const response = await fetch(service.server.url, {
    method: "POST",
    headers: { "content-type": "application/json", ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }) },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  expect(response.status, text.slice(0, 500)).toBeLessThan(500);
  const body = JSON.parse(text) as { data?: Record<string, unknown> | null; errors?: { extensions: { code: string } }[] };
  expect("data" in body || Array.isArray(body.errors)).toBe(true);
  // The creator of a key receives its secret once.
  expect(/\bsecret\b/.test(query) ? text.replaceAll(/cchc_[\w-]+/g, "") : text).not.toMatch(LEAK);
  for (const { extensions } of body.errors ?? []) expect(extensions.code).not.toBe("INTERNAL_SERVER_ERROR");
  return { status: response.status, body };
};

/** Asks as many drawn operations, of these root fields or of all. */
const fuzz = (
  among: readonly (string | undefined)[],
  drawn: Values,
  note: (asked: Awaited<ReturnType<typeof answered>>) => void,
  roots?: readonly string[],
) =>
  fc.assert(
    fc.asyncProperty(
      fc
        .gen()
        .map((draw) => ({ ...drawOperation(draw, schema, drawn, roots), caller: draw(fc.integer, { min: 0, max: among.length - 1 }) })),
      async ({ caller, ...operation }) => note(await answered(operation, among[caller])),
    ),
    { numRuns: roots ? 2 * RUNS : RUNS, seed: SEED, endOnFailure: END_ON_FAILURE },
  );

const isThere = async () => {
  const { data } = await service.ask<{ unit: { name: string } }, object>('{ unit(code: "48") { name } }');
  expect(data.unit.name).toBe("Đà Nẵng");
};

it(`answers ${RUNS} random operations with nasty values: never a 5xx, never a leak, never a crash`, async () => {
  let fine = 0;
  await fuzz(callers, values, ({ status }) => {
    if (status === 200) fine++;
  });
  // Operations that are all refused would prove nothing.
  expect(fine).toBeGreaterThan(RUNS / 3);
  await isThere();
});

it(`answers ${2 * RUNS} about sheets, cycles, rubrics and publications that are there`, async () => {
  const assessed = await assessedProvince(room);
  const seen = new Set<string>();
  const note = ({ body }: Awaited<ReturnType<typeof answered>>) => {
    for (const [, type] of JSON.stringify(body.data ?? {}).matchAll(/"__typename":"(\w+)"/g)) seen.add(type!);
  };
  await fuzz(assessed.callers, valuesOf(assessed.ids, assessed.named), note, ASSESSED_ROOTS);
  expect([...seen]).toEqual(
    expect.arrayContaining(["AssessmentCycle", "ScoreSheet", "ScoreItem", "ProjectedScore", "Rubric", "Criterion"]),
  );
  await isThere();
});
