import { afterAll, beforeAll, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";
import { issueKey } from "../support/key.ts";

let service: TestService;
beforeAll(async () => {
  service = await startService();
  const admin = await issueKey(service.database, "Cao Bằng", { "04": "ADMIN" });
  const own = { total: 10, delegated: 3, extended: 2, due: 6, "due-completed-on-time": 5 };
  const figure = (measure: string, value: number, scope: string, period = "2026-Q1") => ({
    ...{ measure: `task.${measure}`, value, scope, period, quote: "trong quý" },
  });
  const figures = [
    ...Object.entries(own).map(([measure, value]) => figure(measure, value, "PROVINCE")),
    ...[figure("total", 40, "COMMUNE"), figure("total", 12, "PROVINCE", "2026-Q2")],
  ];
  const made = await service.ask<{ submitReport: { report: { id: string } } }, object>(
    "mutation ($input: SubmitReportInput!) { submitReport(input: $input) { report { id } problems { message } } }",
    { input: { idempotencyKey: "tasks", title: "Báo cáo nhiệm vụ", unit: "04", figures } },
    admin,
  );
  expect(made.errors).toBeUndefined();
  const publish = `mutation { publishReport(input: { id: "${made.data.submitReport.report.id}" }) { report { state } } }`;
  expect((await service.ask(publish, {} as never, admin)).errors).toBeUndefined();
});
afterAll(() => service.close());

const tasks = async (args: string, fields: string): Promise<unknown> => {
  const { data, errors } = await service.ask<{ unit: { tasks: unknown } }, object>(`{ unit(code: "04") { tasks(${args}) { ${fields} } } }`);
  expect(errors).toBeUndefined();
  return data.unit.tasks;
};

it("tells of what was delegated, extended and due, as far as reports state it", async () => {
  expect(await tasks('period: "2026-Q1", leadBy: PROVINCE', "total delegated extended due dueCompletedOnTime")).toEqual({
    ...{ total: 10, delegated: 3, extended: 2, due: 6, dueCompletedOnTime: 5 },
  });
  expect(await tasks('period: "2026-Q1", leadBy: COMMUNE', "total delegated due")).toEqual({ total: 40, delegated: null, due: null });
});

it("adds up over the tiers that led tasks, and names those of which anything is known", async () => {
  expect(await tasks('period: "2026-Q1"', "total byTier { tier rollup { total delegated } }")).toEqual({
    total: 50,
    byTier: [
      { tier: "PROVINCE", rollup: { total: 10, delegated: 3 } },
      { tier: "COMMUNE", rollup: { total: 40, delegated: null } },
    ],
  });
  expect(await tasks('period: "2026-Q1", leadBy: COMMUNE', "byTier { tier }")).toEqual({ byTier: [{ tier: "COMMUNE" }] });
});

it("has a point for each part of the period, and makes no longer period of shorter ones", async () => {
  expect(await tasks('period: "2026", leadBy: PROVINCE', "total series(grain: QUARTER) { period total }")).toEqual({
    total: null,
    series: [
      { period: "2026-Q1", total: 10 },
      { period: "2026-Q2", total: 12 },
      { period: "2026-Q3", total: null },
      { period: "2026-Q4", total: null },
    ],
  });
  const { errors } = await service.ask('{ unit(code: "04") { tasks(period: "2026-Q1") { series(grain: YEAR) { total } } } }');
  expect(errors?.[0]?.extensions["code"]).toBe("BAD_USER_INPUT");
});
