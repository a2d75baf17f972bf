import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { issueKey } from "../support/key.ts";
import { type Completeness, startCompleteness, status, type Status } from "./completeness.ts";

describe("completeness that is withdrawn", () => {
  let api: Completeness;
  beforeAll(async () => {
    api = await startCompleteness();
  });
  afterAll(() => api.service.close());
  beforeEach(() => api.clear());

  const WITHDRAW = `mutation ($input: WithdrawCompletenessInput!) {
    withdrawCompleteness(input: $input) { records { kind completeSince completeThrough lastImportAt } } }`;
  const withdraw = (key: string | undefined, input: object) =>
    api.service.ask<{ withdrawCompleteness: { records: Status[] } }, object>(
      WITHDRAW,
      { input: { kind: "DOSSIERS", units: ["01558"], from: "2026-03-01", reason: "a month is missing", ...input } },
      key,
    );

  it("ends the day before, and later ranges are deleted", async () => {
    await api.declared(api.caoBang, ["01558", "01561"], "2026-01-01", "2026-06-30");
    await api.declared(api.caoBang, ["01558"], "2026-08-01", "2026-09-30");
    await api.declared(api.caoBang, ["01558"], "2026-01-01", "2026-12-31", "TASKS");
    const { data, errors } = await withdraw(api.caoBang, {});
    expect(errors).toBeUndefined();
    expect(data.withdrawCompleteness.records).toEqual([status("2026-01-01", "2026-02-28")]);
    expect(await api.recordsOf("01558")).toEqual([status("2026-01-01", "2026-02-28"), status("2026-01-01", "2026-12-31", "TASKS")]);
    expect(await api.recordsOf("01561")).toEqual([status("2026-01-01", "2026-06-30")]);
    expect((await withdraw(api.caoBang, { from: "2020-01-01" })).data.withdrawCompleteness.records).toEqual([status(null, null)]);
    // Nothing is left to be taken back.
    expect((await withdraw(api.caoBang, {})).data.withdrawCompleteness.records).toEqual([status(null, null)]);
  });

  it("is recorded in the audit trail with the reason", async () => {
    await api.declared(api.caoBang, ["01558"], "2026-01-01", "2026-06-30");
    await withdraw(api.caoBang, {});
    const text = '{ auditTrail(unit: "01558") { nodes { operation before after } } }';
    const { data } = await api.service.ask<{ auditTrail: { nodes: { operation: string }[] } }, object>(text, {}, api.country);
    expect(data.auditTrail.nodes.filter(({ operation }) => operation === "withdrawCompleteness").slice(0, 1)).toMatchObject([
      {
        operation: "withdrawCompleteness",
        before: { kind: "DOSSIERS", ranges: [{ since: "2026-01-01", through: "2026-06-30" }] },
        after: { kind: "DOSSIERS", from: "2026-03-01", reason: "a month is missing" },
      },
    ]);
  });

  it.each([
    ["a caller without a key", undefined, {}, "UNAUTHENTICATED"],
    ["an OFFICER", { "04": "OFFICER" }, {}, "FORBIDDEN"],
    ["the ADMIN of another province", { "48": "ADMIN" }, {}, "FORBIDDEN"],
    ["an ADMIN without a reason", { "04": "ADMIN" }, { reason: " " }, "BAD_USER_INPUT"],
    ["an ADMIN who gives an invalid day", { "04": "ADMIN" }, { from: "2026-02-30" }, "BAD_USER_INPUT"],
    ["an ADMIN who gives an unknown unit", { "04": "ADMIN" }, { units: ["nowhere"] }, "BAD_USER_INPUT"],
  ] as const)("is refused to %s", async (name, roles, input, code) => {
    await api.declared(api.caoBang, ["01558"], "2026-01-01", "2026-06-30");
    const key = roles && (await issueKey(api.service.database, name, roles));
    expect((await withdraw(key, input)).errors?.[0]?.extensions["code"]).toBe(code);
    expect(await api.recordsOf("01558")).toEqual([status("2026-01-01", "2026-06-30")]);
  });
});
