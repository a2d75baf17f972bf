import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../../support/client.ts";
import { dossier, fillCatalogue, IMPORT, type ImportAnswer, type Sent } from "../../support/dossiers.ts";
import { issueKey } from "../../support/key.ts";

let service: TestService;

beforeAll(async () => {
  service = await startService();
  await fillCatalogue(service.database);
});
afterAll(() => service.close());

const RECONCILIATION = `query ($code: ID!, $period: Period!, $handledBy: Tier) { unit(code: $code, asOf: "2022-12-31") {
  dossiers(period: $period, handledBy: $handledBy) { reconciliation { measure reported recorded difference source { kind } } } } }`;
interface Difference {
  readonly measure: string;
  readonly reported: number;
  readonly recorded: number;
  readonly difference: number;
  readonly source: { readonly kind: string };
}

const reconciled = async (variables: object): Promise<readonly Difference[]> => {
  const { data, errors } = await service.ask<{ unit: { dossiers: { reconciliation: readonly Difference[] } } }, object>(
    RECONCILIATION,
    variables,
  );
  expect(errors).toBeUndefined();
  return data.unit.dossiers.reconciliation;
};

const sent2022 = (code: string, unit: string, more: Partial<Sent> = {}): Sent => ({
  code,
  unit,
  receivedAt: "2022-06-01T08:00:00+07:00",
  ...more,
});

describe("reported against recorded", () => {
  it("is empty where nothing was recorded, or nothing reported", async () => {
    for (const code of ["048", "04", "VN"]) expect(await reconciled({ code, period: "2022" })).toEqual([]);
  });

  it("compares a unit's statement about a tier with the records of that tier", async () => {
    const officer = await issueKey(service.database, "Cao Bằng", { "04": "OFFICER" });
    const dossiers = [
      ...[sent2022("a", "048"), sent2022("b", "048", { state: "RESOLVED", endedAt: "2022-06-03T08:00:00+07:00" }), sent2022("c", "048")],
      sent2022("d", "01561", { state: "RESOLVED", endedAt: "2022-06-30T08:00:00+07:00" }),
    ];
    const sent = await service.ask<ImportAnswer, object>(IMPORT, { source: "cao-bang", dossiers: dossiers.map(dossier) }, officer);
    expect(sent.errors).toBeUndefined();
    const of = (measure: string, reported: number, recorded: number) => ({
      ...{ measure, reported, recorded, difference: recorded - reported, source: { kind: "REPORT" } },
    });
    const [district, commune] = [
      [
        of("RECEIVED", 1396, 3),
        of("RESOLVED_EARLY", 1332, 1),
        of("RESOLVED_ON_TIME", 3, 0),
        of("RESOLVED_OVERDUE", 56, 0),
        of("IN_PROCESS", 5, 2),
      ],
      [of("RECEIVED", 31_125, 1), of("RESOLVED", 31_118, 1), of("IN_PROCESS", 7, 0)],
    ];
    expect(await reconciled({ code: "048", period: "2022", handledBy: "DISTRICT" })).toEqual(district);
    expect(await reconciled({ code: "048", period: "2022", handledBy: "COMMUNE" })).toEqual(commune);
    expect(await reconciled({ code: "048", period: "2022" })).toEqual([
      ...[district[0], commune[0], commune[1], district[1], district[2], district[3], district[4], commune[2]],
    ]);
    // The province states nothing itself, nor does the district of other periods.
    expect(await reconciled({ code: "04", period: "2022" })).toEqual([]);
    expect(await reconciled({ code: "048", period: "2022-Q2" })).toEqual([]);
  });
});
