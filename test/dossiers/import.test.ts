import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startService, type TestService } from "../support/client.ts";
import { dossier, fillCatalogue, IMPORT, type ImportAnswer, type Sent } from "../support/dossiers.ts";
import { issueKey } from "../support/key.ts";

let service: TestService;
let officer: string;

beforeAll(async () => {
  service = await startService();
  await fillCatalogue(service.database);
  officer = await issueKey(service.database, "Cao Bằng", { "04": "OFFICER" });
});
afterAll(() => service.close());

const send = (dossiers: readonly Sent[], options: object = {}, bearer: string | undefined = officer) =>
  service.ask<ImportAnswer, object>(IMPORT, { source: "cao-bang", dossiers: dossiers.map(dossier), ...options }, bearer);

const ROLLUP = `query ($code: ID!, $period: Period!) { unit(code: $code) { dossiers(period: $period) {
  received receivedDirect carriedOver resolved resolvedEarly resolvedOnTime resolvedOverdue inProcess inProcessNotDue inProcessOverdue
  exact incomplete coverage { unitsExpected unitsCovered } onTimeRate { value coverage } sources { id kind } } } }`;

describe("importing dossiers", () => {
  test("is refused to those who have not said who they are, and to those without the role", async () => {
    const anonymous = await service.ask(IMPORT, { source: "x", dossiers: [dossier({ code: "1" })] });
    expect(anonymous.errors?.[0]?.extensions["code"]).toBe("UNAUTHENTICATED");
    const viewer = await issueKey(service.database, "viewer", { "04": "VIEWER" });
    expect((await send([{ code: "1" }], {}, viewer)).errors?.[0]?.extensions["code"]).toBe("FORBIDDEN");
  });

  test("counts at once, in the unit and all above it", async () => {
    const sent = await send([
      { code: "early", state: "RESOLVED", endedAt: "2026-03-05T10:00:00+07:00" },
      { code: "late", state: "RESOLVED", endedAt: "2026-03-20T10:00:00+07:00" },
      { code: "open" },
      { code: "new", state: "SUBMITTED", receivedAt: null, submittedAt: "2026-03-03T08:00:00+07:00" },
    ]);
    expect(sent.errors).toBeUndefined();
    expect(sent.data.importDossiers).toMatchObject({ created: 4, updated: 0, unchanged: 0, stale: 0, rejected: 0, problems: [] });
    for (const code of ["01558", "04", "VN"]) {
      const { data, errors } = await service.ask<{ unit: { dossiers: object } }, object>(ROLLUP, { code, period: "2026-03" });
      expect(errors).toBeUndefined();
      expect(data.unit.dossiers, code).toMatchObject({
        ...{ received: 3, receivedDirect: 3, carriedOver: 0, resolved: 2, resolvedEarly: 1, resolvedOnTime: 0, resolvedOverdue: 1 },
        ...{ inProcess: 1, inProcessNotDue: 0, inProcessOverdue: 1, exact: true, sources: [{ id: "cao-bang", kind: "RECORDS" }] },
        ...{ coverage: { unitsCovered: 1 }, onTimeRate: { value: 0.5, coverage: 1 } },
      });
    }
  });
});
