import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";
import { issueKey } from "../support/key.ts";
import { PUBLISH, SUBMIT, type SubmitAnswer } from "../support/reports.ts";

const MAX = 2_147_483_647;
/** Wards of Cao Bằng and of Đà Nẵng until 30 June 2025. */
const WARDS = ["01273", "01267", "20194"];

let service: TestService;
let admin: string;
let serial = 0;
beforeAll(async () => {
  service = await startService();
  admin = await issueKey(service.database, "admin", { VN: "ADMIN" });
});
afterAll(() => service.close());

const submit = (unit: string, figures: readonly object[]) => {
  const stated = figures.map((figure) => ({ scope: "COMMUNE", quote: "q", ...figure }));
  const input = { idempotencyKey: `k-${++serial}`, title: "t", unit, figures: stated };
  return service.ask<SubmitAnswer, object>(SUBMIT, { input }, admin);
};
const submitted = async (unit: string, ...figures: object[]): Promise<string> => {
  const { data } = await submit(unit, figures);
  expect(data.submitReport.problems).toEqual([]);
  return data.submitReport.report!.id;
};
const publish = (id: string) => service.ask<{ publishReport: { report: { state: string } } }, object>(PUBLISH, { id }, admin);
const published = async (unit: string, ...figures: object[]): Promise<void> => {
  expect((await publish(await submitted(unit, ...figures))).errors).toBeUndefined();
};
const stateOf = async (id: string) =>
  (await service.ask<{ report: { state: string } }, object>("query ($id: ID!) { report(id: $id) { state } }", { id }, admin)).data.report
    .state;

const RATE = "{ value numerator denominator }";
const answerFor = (code: string, period: string, evidence = "PUBLISHED", asOf = "2024-12-31") =>
  service.ask<{ unit: { dossiers: Record<string, unknown> } }, object>(
    `query ($code: ID!, $asOf: Date!, $period: Period!) { unit(code: $code, asOf: $asOf, evidence: ${evidence}) { dossiers(period: $period) {
      received resolved b: bounds(measure: RECEIVED) { low high } onlineRate ${RATE} exact byTier { tier rollup { received } } series(grain: YEAR) { received } } } }`,
    { code, asOf, period },
    admin,
  );

describe("numbers that answers cannot hold", () => {
  it.each<[string, object[], RegExp]>([
    [
      "a count",
      [{ measure: "dossier.received", period: "2024", value: 3_000_000_000 }],
      /^figures\[0\]\.value: must be a whole number from 0 to 2,147,483,647, got 3000000000$/,
    ],
    ["one more than the largest", [{ measure: "task.total", period: "2024", value: MAX + 1 }], /^figures\[0\]\.value: .*, got 2147483648$/],
    [
      "an end of a range",
      [{ measure: "service.procedures", period: "2024", low: 1, high: 1e12 }],
      /^figures\[0\]\.high: .*, got 1000000000000$/,
    ],
    [
      "a denominator",
      [{ measure: "service.used-online", period: "2024", value: 1, denominator: 3e9 }],
      /^figures\[0\]\.denominator: .* to 2,147,483,647, .* got 3000000000$/,
    ],
    [
      "what follows from others",
      ["online", "direct", "postal"].map((channel) => ({ measure: `dossier.received-${channel}`, period: "2024", value: MAX })),
      /^figures\[0\]\.value: makes dossier\.received 6,442,450,941, which must be at most 2,147,483,647 for Phường Hợp Giang, COMMUNE, 2024$/,
    ],
  ])("are refused on input: %s", async (_what, figures, message) => {
    const { data } = await submit(WARDS[0]!, figures);
    expect(data.submitReport).toMatchObject({ report: null, problems: [{ message: expect.stringMatching(message) as string }] });
  });

  it("exceed the largest count, which is accepted and shown up to the country; a report that makes a sum larger is not published", async () => {
    const large = { measure: "dossier.received", period: "2024", value: MAX };
    await published(WARDS[0]!, large, { ...large, measure: "dossier.resolved", value: 5 });
    for (const unit of WARDS.slice(1)) {
      const id = await submitted(unit, { ...large, value: MAX - 3 });
      const { data, errors } = await publish(id);
      expect(data).toBeNull();
      expect(errors![0]!.extensions).toMatchObject({ code: "CONFLICT", measure: "dossier.received", requested: 2 * MAX - 3, maximum: MAX });
      expect(errors![0]!.message).toBe(
        `id: the report ${id} cannot be published, for with it dossier.received of 2024 may add up to 4,294,967,291 in the country; the maximum of an answer is 2,147,483,647; nothing was changed`,
      );
      expect(await stateOf(id)).toBe("DRAFT");
    }
    for (const period of ["2024-12", "2024-Q4", "2024@ND09"]) {
      const id = await submitted(WARDS[1]!, { ...large, period });
      expect((await publish(id)).errors![0]!.extensions["code"], period).toBe("CONFLICT");
    }
    const { data, errors } = await answerFor("VN", "2024");
    expect(errors).toBeUndefined();
    expect(data.unit.dossiers).toMatchObject({ received: MAX, resolved: 5, b: { low: MAX, high: MAX } });
    for (const asOf of ["2018-12-31", "2026-11-22"])
      expect((await answerFor("VN", "2024", "PUBLISHED", asOf)).data.unit.dossiers["received"]).toBe(MAX);
  });

  it("do not arise from figures that are stated twice, by the province and for months", async () => {
    const months = Array.from({ length: 12 }, (_, n) => `2023-${`${n + 1}`.padStart(2, "0")}`);
    const value = 170_000_000;
    await published(WARDS[0]!, ...months.map((period) => ({ measure: "dossier.received", period, value })));
    await published(
      "04",
      { measure: "dossier.received", period: "2023", value: 12 * value },
      { measure: "dossier.received", period: "2023", value: 12 * value, scope: null },
    );
    expect((await answerFor("VN", "2023")).data.unit.dossiers["received"]).toBe(12 * value);
    const more = await publish(await submitted("01267", { measure: "dossier.received", period: "2023-05", value: 200_000_000 }));
    expect(more.errors![0]!.extensions["code"]).toBe("CONFLICT");
  });

  const LIMITS = { code: "LIMIT_EXCEEDED", measure: "dossier.received", maximum: MAX };
  const expectNulls = ({ data, errors }: Awaited<ReturnType<typeof answerFor>>, sum: number, paths: readonly string[]) => {
    expect(errors!.map(({ path }) => path!.slice(2).join(".")).toSorted()).toEqual(paths.toSorted());
    for (const { message, extensions } of errors!) {
      expect(extensions).toMatchObject({
        ...LIMITS,
        measure: expect.stringMatching(/^dossier\.(received|onlineRate, denominator)$/),
        requested: sum,
      });
      expect(message).toMatch(
        /^dossier\.(received|onlineRate, denominator): \d,\d{3},\d{3},\d{3} exceeds the maximum of 2,147,483,647 for an answer$/,
      );
    }
    expect(data.unit.dossiers).toMatchObject({ received: null, b: { low: null, high: null } });
  };

  it("make null only the sums over several years that are too large", async () => {
    for (const period of ["2016", "2017"])
      await published(
        "01267",
        { measure: "dossier.received", period, value: 2_000_000_000 },
        { measure: "dossier.received-online", period, value: 500_000_000 },
        { measure: "dossier.resolved", period, value: 7 },
      );
    for (const unit of ["01267", "04", "VN"]) {
      const answer = await answerFor(unit, "2016/2017");
      expectNulls(answer, 4_000_000_000, ["received", "b.low", "b.high", "onlineRate.denominator", "byTier.0.rollup.received"]);
      expect(answer.data.unit.dossiers).toMatchObject({
        ...{ resolved: 14, exact: true, onlineRate: { value: 0.25, numerator: 1_000_000_000, denominator: null } },
        ...{
          byTier: [{ tier: "COMMUNE", rollup: { received: null } }],
          series: [{ received: 2_000_000_000 }, { received: 2_000_000_000 }],
        },
      });
    }
    const indicator = await service.ask<{ unit: { indicators: unknown } }, object>(
      `{ unit(code: "VN", asOf: "2018-12-31") { indicators(period: "2016/2017", codes: ["dossier-online"]) { rate ${RATE} } } }`,
    );
    expect(indicator.errors!.map(({ extensions }) => extensions["code"])).toEqual(["LIMIT_EXCEEDED"]);
    expect(indicator.data.unit.indicators).toEqual([{ rate: { value: 0.25, numerator: 1_000_000_000, denominator: null } }]);
  });

  it("make null the sums with drafts, for callers who see the drafts", async () => {
    const figure = (value: number) => ({ measure: "dossier.received", period: "2019", value });
    await submitted(WARDS[0]!, figure(MAX), { ...figure(3), measure: "dossier.resolved" });
    await submitted(WARDS[1]!, figure(MAX));
    const answer = await answerFor("VN", "2019", "ALL");
    expectNulls(answer, 2 * MAX, ["received", "b.low", "b.high", "byTier.0.rollup.received", "series.0.received"]);
    expect(answer.data.unit.dossiers["resolved"]).toBe(3);
    expect((await answerFor("VN", "2019")).errors).toBeUndefined();
    expect((await answerFor(WARDS[1]!, "2019", "ALL")).data.unit.dossiers["received"]).toBe(MAX);
  });
});
