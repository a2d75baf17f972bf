import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";
import { dossier, fillCatalogue, IMPORT, type ImportAnswer, type Sent } from "../support/dossiers.ts";
import { issueKey } from "../support/key.ts";
import { PUBLISH, SUBMIT, type SubmitAnswer } from "../support/reports.ts";

/**
 * Huyện Ba Chẽ ended on 30 June 2025. Its communes went into new ones, of which xã Lương Minh (06979) holds whole communes of other districts, too: what it
 * does is possible in the district, and what is left of the old communes' dossiers is certain there.
 */
const [DISTRICT, OLD, NEW] = ["202", "06976", "06979"];

let service: TestService;
let viewer: string;

beforeAll(async () => {
  service = await startService();
  await fillCatalogue(service.database);
  const officer = await issueKey(service.database, "Quảng Ninh", { "22": "OFFICER" });
  viewer = await issueKey(service.database, "viewer", { "22": "VIEWER" });
  const resolved = (code: string, unit: string, day: string, given: Partial<Sent> = {}): Sent => ({
    ...{ code, unit, state: "RESOLVED", receivedAt: `${day}T08:00:00+07:00`, endedAt: "2025-08-05T08:00:00+07:00" },
    ...{ dueAt: "2025-08-04T17:00:00+07:00", ...given },
  });
  const dossiers = [
    resolved("old-1", OLD, "2025-06-10", { dueAt: "2025-08-20T17:00:00+07:00" }),
    resolved("old-2", OLD, "2025-06-12"),
    resolved("new-1", NEW, "2025-07-10"),
    resolved("new-2", NEW, "2025-07-11", { dueAt: "2025-08-20T17:00:00+07:00" }),
    { code: "new-3", unit: NEW, receivedAt: "2025-09-01T08:00:00+07:00" },
  ];
  const { data, errors } = await service.ask<ImportAnswer, object>(
    IMPORT,
    { source: "quang-ninh", dossiers: dossiers.map(dossier) },
    officer,
  );
  expect(errors).toBeUndefined();
  expect(data.importDossiers.report.created).toBe(dossiers.length);
});
afterAll(() => service.close());

const RATE = "{ value numerator denominator coverage low high quoted }";
const COUNTS = "received resolved resolvedEarly carriedOver inProcess withdrawn inProcessPaused";
const TOLD = `${COUNTS} exact incomplete received: received b: bounds(measure: RECEIVED) { low high } r: bounds(measure: RESOLVED) { low high }
  onTimeRate ${RATE} onlineRate ${RATE} coverage { unitsExpected unitsCovered }`;
const ASKED = `query ($code: ID!, $asOf: Date!, $period: Period!) { unit(code: $code, asOf: $asOf) {
  dossiers(period: $period) { ${TOLD} averageWorkingDays byChannel { channel received }
    byTier { tier rollup { ${TOLD} } } series(grain: QUARTER) { period ${TOLD} } parts { unit { code } counts { ${COUNTS} } } byField { field { code } counts { received } } }
  indicators(period: $period, codes: ["dossier-on-time"]) { rate ${RATE} }
  serviceQuality(period: $period) { score criteria { rate { value } } } } }`;
const told = async (code: string, asOf: string, period: string) => {
  const { data, errors } = await service.ask<{ unit: Record<string, never> }, object>(ASKED, { code, asOf, period }, viewer);
  expect(errors).toBeUndefined();
  return data.unit as any;
};

const NULLS = Object.fromEntries(COUNTS.split(" ").map((name) => [name, null]));
/** Resolved certainly are 2 in 4, of which 1 in time; possibly 1 of 2 besides. */
const WITHHELD = {
  ...NULLS,
  ...{ exact: false, incomplete: [], b: { low: 0, high: 3 }, r: { low: 2, high: 4 }, coverage: { unitsExpected: 0, unitsCovered: 0 } },
  onTimeRate: { value: null, numerator: null, denominator: null, coverage: 0, low: 1 / 3, high: 2 / 3, quoted: false },
};

describe("a district queried months after its abolition", () => {
  it("has no values although some dossiers remain: its bounds contain them, also for rates", async () => {
    const { dossiers, indicators, serviceQuality } = await told(DISTRICT, "2025-06-30", "2025-H2");
    expect(dossiers).toMatchObject(WITHHELD);
    expect(dossiers.onlineRate).toMatchObject({ value: null, numerator: null, denominator: null });
    expect(dossiers).toMatchObject({ averageWorkingDays: null, byChannel: [] });
    expect(indicators[0].rate).toEqual(dossiers.onTimeRate);
    expect(serviceQuality).toMatchObject({ score: null });
    expect(serviceQuality.criteria.every(({ rate }: any) => rate.value === null)).toBe(true);
  });

  it("has no values by tier, by field, over months without coverage, and in its remainder", async () => {
    const { dossiers } = await told(DISTRICT, "2025-06-30", "2025-H2");
    expect(dossiers.byTier).toMatchObject([{ tier: "COMMUNE", rollup: WITHHELD }]);
    expect(dossiers.byField).toEqual([{ field: { code: "HT" }, counts: { received: null } }]);
    expect(dossiers.series).toMatchObject([
      { period: "2025-Q3", ...WITHHELD },
      { period: "2025-Q4", received: null, exact: false, b: { low: 0, high: 0 } },
    ]);
    expect(dossiers.parts.at(-1)).toEqual({ unit: { code: DISTRICT }, counts: NULLS });
  });

  it("has its values while it was, and its successors have theirs", async () => {
    const before = await told(DISTRICT, "2025-06-30", "2025-H1");
    expect(before.dossiers).toMatchObject({ received: 2, exact: true, coverage: { unitsCovered: 1 } });
    const { dossiers } = await told(NEW, "2025-12-31", "2025-H2");
    expect(dossiers).toMatchObject({ received: 3, resolved: 4, carriedOver: 2, exact: true, onTimeRate: { numerator: 2, denominator: 4 } });
  });

  it("has a value again where something certain is covered, over the year in which it ended", async () => {
    const officer = await issueKey(service.database, "officer", { "22": "OFFICER" });
    const sent = [dossier({ code: "own-1", unit: OLD, receivedAt: "2025-03-03T08:00:00+07:00" })];
    expect((await service.ask(IMPORT, { source: "quang-ninh", dossiers: sent }, officer)).errors).toBeUndefined();
    expect((await told(DISTRICT, "2025-06-30", "2025-Q1")).dossiers).toMatchObject({ received: 1, exact: true });
    expect((await told(DISTRICT, "2025-06-30", "2025-H2")).dossiers).toMatchObject({
      received: null,
      exact: false,
      b: { low: 0, high: 3 },
    });
  });
});

describe("figures that a unit may contain only in part", () => {
  it("leave tasks and services without values, and their rates", async () => {
    const admin = await issueKey(service.database, "admin", { "22": "ADMIN" });
    const figures = [
      { unit: NEW, measure: "task.with-deadline", value: 10 },
      { unit: NEW, measure: "task.on-time", value: 8 },
      { unit: NEW, measure: "service.procedures", value: 20 },
    ].map((figure) => ({ ...figure, scope: "COMMUNE", period: "2025-H2", quote: "q" }));
    const input = { idempotencyKey: "k", title: "t", unit: "22", figures };
    const { data } = await service.ask<SubmitAnswer, object>(SUBMIT, { input }, admin);
    expect(data.submitReport.problems).toEqual([]);
    const published = await service.ask(PUBLISH, { id: data.submitReport.report!.id }, admin);
    expect(published.errors).toBeUndefined();
    const asked = await service.ask<{ unit: any }, object>(
      `{ unit(code: "${DISTRICT}", asOf: "2025-06-30") { tasks(period: "2025-H2") { withDeadline onTime incomplete exact b: bounds(measure: WITH_DEADLINE) { low high }
        onTimeRate ${RATE} } services(period: "2025-H2") { procedures } } }`,
    );
    expect(asked.errors).toBeUndefined();
    expect(asked.data.unit).toMatchObject({
      tasks: { withDeadline: null, onTime: null, incomplete: [], exact: false, b: { low: 0, high: 10 }, onTimeRate: { value: null } },
      services: { procedures: null },
    });
  });
});
