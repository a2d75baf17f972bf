import { afterAll, beforeAll, expect, it } from "vitest";
import { openDemoCycles } from "../../../seeds/demo/cycles.ts";
import { startService, type TestService } from "../../support/client.ts";
import { issueKey } from "../../support/key.ts";

let service: TestService;
const said: string[] = [];
beforeAll(async () => {
  service = await startService();
  for (let round = 0; round < 2; round++) await openDemoCycles(service.database, "2025-12-31", (line) => said.push(line));
});
afterAll(() => service.close());

it("the demo publishes rubrics and assesses two years once, and says in their names that they are illustrative", () => {
  expect(said.filter((line) => line.startsWith("published: ")).every((line) => line.endsWith("(minh họa)"))).toBe(true);
  expect(said.map((line) => line.split(":")[0])).toEqual(["published", "published", "assessed", "published", "published", "assessed"]);
  expect(said.filter((line) => line.startsWith("assessed"))).toEqual(["assessed: 171 communes in 2024", "assessed: 54 communes in 2025"]);
});

it("the year before is published to everybody, and the demo's year is half-way", async () => {
  const admin = await issueKey(service.database, "admin", { "22": "ADMIN" });
  const ranking = '{ unit(code: "22") { rankings(index: PAR, year: 2024) { ranked byClassification { count } entries { rank score } } } }';
  const { unit } = (
    await service.ask<{ unit: { rankings: { ranked: number; byClassification: { count: number }[]; entries: unknown[] }[] } }, object>(
      ranking,
    )
  ).data;
  expect(unit.rankings).toHaveLength(1);
  const [{ ranked, byClassification, entries }] = unit.rankings as [(typeof unit.rankings)[number]];
  expect([ranked, entries.length, byClassification.reduce((sum, { count }) => sum + count, 0)]).toEqual([171, 171, 171]);
  const cycles = `{ assessmentCycles(unit: "22", first: 5) { nodes { year stage standings { bestRank worstRank } sheets { submittedAt } } } }`;
  const { data, errors } = await service.ask<
    {
      assessmentCycles: { nodes: { year: number; stage: string; standings: object[]; sheets: { submittedAt: string | null }[] }[] };
    },
    object
  >(cycles, {}, admin);
  expect(errors).toBeUndefined();
  const [half, last] = data.assessmentCycles.nodes;
  expect([half!.year, half!.stage, last!.year, last!.stage]).toEqual([2025, "FIRST_APPRAISAL", 2024, "PUBLISHED"]);
  expect(half!.standings).toHaveLength(54);
  const late = half!.sheets.filter(({ submittedAt }) => submittedAt === null);
  expect(late.length).toBeGreaterThan(0);
  expect(late.length).toBeLessThan(20);
});
