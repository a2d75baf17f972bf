import { afterAll, beforeAll, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";

let service: TestService;
beforeAll(async () => {
  // What is asked of a long series is more than one operation may read.
  service = await startService("SEEDED", { maxCost: 10_000_000 });
});
afterAll(() => service.close());

interface Rollup {
  onTimeRate: { value: number | null; high: number | null; quoted: boolean };
  sources: { id: string }[];
}

it("a quoted rate and its source belong only to their unit, period and scope, and to no unit above", async () => {
  const fields = 'dossiers(period: "2015/2018") { onTimeRate { value high quoted } sources { id } }';
  const { data } = await service.ask<{ unit: { dossiers: Rollup; ancestors: { dossiers: Rollup }[] } }, object>(
    `{ unit(code: "446", asOf: "2018-12-31") { ${fields} ancestors { ${fields} } own: dossiers(period: "2015/2018", handledBy: DISTRICT) { onTimeRate { quoted } } } }`,
  );
  expect(data.unit.dossiers).toMatchObject({
    onTimeRate: { value: null, high: 0.997, quoted: true },
    sources: [{ id: "003_9fcfc4d36dfc2f0e" }],
  });
  for (const { dossiers } of data.unit.ancestors)
    expect(dossiers).toEqual({ onTimeRate: { value: null, high: null, quoted: false }, sources: [] });
  expect((data.unit as unknown as { own: Rollup }).own.onTimeRate.quoted).toBe(false);
});

it("the coverage of a long series is counted once for each hierarchy, not for each point", async () => {
  const { data, errors } = await service.ask<{ unit: { dossiers: { series: { coverage: { unitsExpected: number } }[] } } }, object>(
    '{ unit(code: "VN") { dossiers(period: "2000/2032") { series(grain: MONTH) { coverage { unitsExpected } } } } }',
  );
  expect(errors).toBeUndefined();
  const expected = data.unit.dossiers.series.map(({ coverage }) => coverage.unitsExpected);
  expect(expected).toHaveLength(396);
  // 31 August 2015, December 2021, and from today on: 34 provinces and 3,321 communes.
  expect([expected[0], expected[263], expected.at(-1)]).toEqual([63 + 713 + 11_162, 63 + 705 + 10_599, 34 + 3321]);
});

it("an old code is that of the unit on its last day, or as it is today", async () => {
  const { data } = await service.ask('{ gone: unit(code: "00286") { code asOf } living: unit(code: "01843") { fullName asOf } }');
  expect(data).toMatchObject({ gone: { asOf: "2025-06-30" }, living: { fullName: "Phường Bắc Kạn", asOf: "2026-11-22" } });
});
