import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";
import { issueKey } from "../support/key.ts";
import type { Draw } from "../support/operations.ts";
import { PUBLISH, SUBMIT, WITHDRAW } from "../support/reports.ts";
import { END_ON_FAILURE, runs, seed } from "../support/property.ts";

const RUNS = runs(5);

/** Units of Cao Bằng of 2024 of which reports speak: the province, a district, two wards of another. */
const UNITS = ["04", "048", "01273", "01267"];
const SEEN = `dossiers(period: "2024") { received resolved incomplete exact onTimeRate { value low high coverage } coverage { unitsCovered }
  bounds(measure: RECEIVED) { low high } byTier { tier rollup { received } } sources { id } } tasks(period: "2024") { total onTime sources { id } }
  figures(period: "2024") { measure value source { id } } dossierYears: dossiers(period: "2024/2024") { received }`;
const QUERY = `query ($evidence: EvidenceScope!) {
  ${UNITS.map((code, n) => `u${n}: unit(code: "${code}", asOf: "2024-12-31", evidence: $evidence) { code ${SEEN} parent { ${SEEN} } }`).join(" ")}
  today: unit(code: "04", asOf: "2025-12-31", evidence: $evidence) { ${SEEN} children { code dossiers(period: "2024") { received exact } } }
}`;

let service: TestService;
let officer: string;
let admin: string;

beforeAll(async () => {
  service = await startService("SEEDED", { rateAddress: 0, rateKey: 0 });
  officer = await issueKey(service.database, "officer", { "04": "OFFICER" });
  admin = await issueKey(service.database, "admin", { "04": "ADMIN" });
});
afterAll(() => service.close());

const ask = (who: string | null, query: string, variables: object) => service.ask<object, object>(query, variables, who ?? undefined);

const answer = async (who: string | null, evidence: string): Promise<string> => {
  const { data, errors } = await ask(who, QUERY, { evidence });
  expect(errors).toBeUndefined();
  return JSON.stringify(data);
};

const drawReport = (draw: Draw, n: number) => {
  const unit = UNITS[draw(fc.integer, { min: 0, max: UNITS.length - 1 })]!;
  const number = () => draw(fc.integer, { min: 0, max: 90 });
  const [early, onTime, overdue] = [number(), number(), number()];
  const counts: Record<string, number> = {
    "dossier.received": early + onTime + overdue + 10,
    "dossier.resolved": early + onTime + overdue,
    "dossier.resolved-early": early,
    "dossier.resolved-overdue": overdue,
    "task.total": number(),
  };
  const kept = Object.entries(counts).filter(() => draw(fc.boolean));
  const scope = draw(fc.constantFrom, "COMMUNE", null);
  const figures = (kept.length > 0 ? kept : Object.entries(counts)).map(([measure, value]) => ({
    ...{ measure, value, period: "2024", quote: "q" },
    scope: measure.startsWith("task") ? null : scope,
  }));
  return { title: `Báo cáo ${n}`, unit, figures };
};

const change = async (who: string, mutation: string, variables: object): Promise<string> => {
  const { data, errors } = await ask(who, mutation, variables);
  expect(errors).toBeUndefined();
  return (Object.values(data)[0] as { report: { id: string } }).report.id;
};
const submit = (input: object, idempotencyKey: string) => change(officer, SUBMIT, { input: { ...input, idempotencyKey } });
const publish = (id: string) => change(admin, PUBLISH, { id });
const withdraw = (id: string) => change(admin, WITHDRAW, { id });

it("what a draft would make of the numbers is what its publication makes of them, and nothing before; its withdrawal unmakes it", async () => {
  let n = 0;
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (draw) => {
      const before = await answer(null, "PUBLISHED");
      const report = drawReport(draw, ++n);
      const first = await submit(report, `k${n}`);
      expect(await answer(null, "ALL")).toBe(before);
      expect(await answer(officer, "PUBLISHED")).toBe(before);
      const preview = await answer(officer, "ALL");
      await publish(first);
      const published = await answer(null, "PUBLISHED");
      expect(published).toBe(preview);

      const second = await submit({ ...drawReport(draw, ++n), unit: report.unit, supersedes: first }, `k${n}`);
      expect(await answer(null, "ALL")).toBe(published);
      const corrected = await answer(officer, "ALL");
      await publish(second);
      expect(await answer(null, "PUBLISHED")).toBe(corrected);
      await withdraw(second);
      expect(await answer(null, "PUBLISHED")).toBe(before);
    }),
    { numRuns: RUNS, seed: seed(20_261_124), endOnFailure: END_ON_FAILURE },
  );
});
