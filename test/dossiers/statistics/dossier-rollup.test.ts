import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, TODAY, type TestService } from "../../support/client.ts";
import { dossier, givenDossiers, IMPORT, type ImportAnswer, type Sent } from "../../support/dossiers.ts";
import { issueKey } from "../../support/key.ts";

let service: TestService;
let officer: string;
let viewer: string;

beforeAll(async () => {
  service = await startService();
  officer = await givenDossiers(service);
  viewer = await issueKey(service.database, "viewer", { "04": "VIEWER" });
  const sent = await send(DOSSIERS);
  expect(sent.errors).toBeUndefined();
  expect(sent.data.importDossiers.report).toMatchObject({ created: DOSSIERS.length });
});
afterAll(() => service.close());

const send = (dossiers: readonly Sent[]) =>
  service.ask<ImportAnswer, object>(IMPORT, { source: "cao-bang", dossiers: dossiers.map(dossier) }, officer);

const at = (day: string, hour = "08") => `${day}T${hour}:00:00+07:00`;

/** Three fields, all channels, two communes; what is open is due before or after today, 22 November 2026. */
const DOSSIERS: readonly Sent[] = [
  { code: "early", state: "RESOLVED", endedAt: at("2026-03-05"), channel: "ONLINE", electronicResult: true, digitised: true },
  { code: "late", state: "RESOLVED", endedAt: at("2026-03-20"), channel: "POSTAL" },
  { code: "due", state: "RESOLVED", endedAt: at("2026-03-10"), electronicResult: true },
  { code: "open", unit: "01561" },
  { code: "withdrawn", procedure: "1.000002", state: "WITHDRAWN", endedAt: at("2026-03-25"), channel: "ONLINE", paidOnline: true },
  { code: "stopped", procedure: "1.000002", state: "STOPPED", endedAt: at("2026-03-06") },
  {
    ...{ code: "paused", procedure: "1.000002", state: "SUPPLEMENT_REQUESTED" },
    pauses: [{ reason: "SUPPLEMENT", from: at("2026-03-04") }],
  },
  {
    ...{ code: "resumed", procedure: "1.000002", state: "RESOLVED", endedAt: at("2026-03-31"), receivedAt: at("2026-02-25") },
    pauses: [{ reason: "FINANCIAL_OBLIGATION", from: at("2026-03-04"), to: at("2026-03-18") }],
  },
  { code: "land", procedure: "1.000003", unit: "01561", receivedBy: "01558", channel: "POSTAL", paidOnline: true },
  { code: "ahead", receivedAt: at("2026-11-18"), updatedAt: at("2026-11-20") },
  {
    code: "waiting",
    receivedAt: at("2026-11-18"),
    state: "SUPPLEMENT_REQUESTED",
    pauses: [{ reason: "SUPPLEMENT", from: at("2026-11-19") }],
    updatedAt: at("2026-11-20"),
  },
];

const MEASURES = `received receivedOnline receivedDirect receivedPostal carriedOver resolved resolvedEarly resolvedOnTime resolvedOverdue
  inProcess inProcessNotDue inProcessOverdue inProcessPaused withdrawn stopped`;
type Measures = Readonly<Record<string, number | null>>;

const ask = async <T>(fields: string, variables: { code: string; period: string; handledBy?: string }, bearer?: string): Promise<T> => {
  const { data, errors } = await service.ask<{ unit: { dossiers: T } }, object>(
    `query ($code: ID!, $period: Period!, $handledBy: Tier) { unit(code: $code) { dossiers(period: $period, handledBy: $handledBy) { ${fields} } } }`,
    variables,
    bearer,
  );
  expect(errors).toBeUndefined();
  return data.unit.dossiers;
};

const codeOfError = async (fields: string, variables: object, bearer?: string) => {
  const { errors } = await service.ask<unknown, object>(
    `query ($code: ID!, $period: Period!) { unit(code: $code) { dossiers(period: $period) { ${fields} } } }`,
    variables,
    bearer,
  );
  return errors?.[0]?.extensions["code"];
};

describe("answers on roll-ups of dossiers", () => {
  it.each(["byField { field { code } }", "averageWorkingDays"])(
    "%s is refused below the province without the role VIEWER on the unit, and the rest of the answer stands",
    async (field) => {
      const variables = { code: "01558", period: "2026-03" };
      const elsewhere = await issueKey(service.database, "elsewhere", { "48": "ADMIN" });
      const { data, errors } = await service.ask<{ unit: { dossiers: object } }, object>(
        `query ($code: ID!, $period: Period!) { unit(code: $code) { dossiers(period: $period) { received byChannel { received } ${field} } } }`,
        variables,
      );
      expect(errors).toMatchObject([{ extensions: { code: "FORBIDDEN" }, path: ["unit", "dossiers", field.split(" ")[0]] }]);
      expect(data.unit.dossiers).toEqual({ received: expect.any(Number), byChannel: expect.any(Array), [field.split(" ")[0]!]: null });
      expect(await codeOfError(field, variables, elsewhere)).toBe("FORBIDDEN");
      expect(await codeOfError(field, variables, viewer)).toBeUndefined();
      expect(await codeOfError(field, { code: "04", period: "2026-03" })).toBeUndefined();
    },
  );

  it("days that split a half-month are shown by field only to VIEWERs", async () => {
    const variables = { code: "04", period: "2026-03-01/2026-03-10" };
    expect(await ask("byField { field { code } } averageWorkingDays", variables)).toEqual({ byField: [], averageWorkingDays: null });
    const { byField } = await ask<{ byField: object[] }>("byField { field { code } }", variables, viewer);
    expect(byField).toEqual([{ field: { code: "CT" } }, { field: { code: "DD" } }, { field: { code: "HT" } }]);
  });

  it("paused, withdrawn and stopped have numbers of their own", async () => {
    expect(await ask(MEASURES, { code: "04", period: "2026-03" })).toMatchObject({ inProcessPaused: 1, withdrawn: 1, stopped: 1 });
  });

  it("a paused dossier is not overdue", async () => {
    const fields = "inProcess inProcessNotDue inProcessOverdue inProcessPaused";
    const { byField } = await ask<{ byField: { field: { code: string }; counts: Measures }[] }>(
      `byField { field { code } counts { ${fields} } }`,
      { code: "04", period: "2026-10" },
    );
    const counts = { inProcess: 1, inProcessNotDue: 0, inProcessOverdue: 0, inProcessPaused: 1 };
    expect(byField.find(({ field }) => field.code === "CT")).toEqual({ field: { code: "CT" }, counts });
  });

  it("percentages are never truncated", async () => {
    const rates = "onTimeRate { value coverage } onlineRate { value }";
    const { byField } = await ask<{ byField: object[] }>(`byField { counts { ${rates} } }`, { code: "04", period: "2026-03" });
    // Two of three were in time: neither 66 nor 66.67.
    expect(byField.at(-1)).toEqual({ counts: { onTimeRate: { value: 2 / 3, coverage: 1 }, onlineRate: { value: 1 / 4 } } });
  });

  it("a dossier received in one unit and handled in another counts once, at the handling unit", async () => {
    const postal = (code: string, period = "2026-03") => ask<Measures>("receivedPostal", { code, period });
    expect(await postal("01561")).toEqual({ receivedPostal: 1 });
    expect(await postal("01558")).toEqual({ receivedPostal: 1 });
    expect(await postal("04")).toEqual({ receivedPostal: 2 });
  });

  it.each(["2026-03", "2026", "2026-Q1", "2026-11", "2026-11@ND09", "2026-04", "2026-03-15/2026-03-31", "2026-03-01/2026-11-20"])(
    "fields add up to the roll-up of %s, for everybody",
    async (period) => {
      for (const code of ["04", "VN"]) expect(await sumOfFields({ code, period }), code).toEqual(await ask(MEASURES, { code, period }));
    },
  );

  it.each([
    "2026-03-01/2026-03-20",
    "2026-03-05/2026-03-06",
    "2026-01-01/2026-11-20",
    "2026-11",
    "2026-12@ND09",
    "2026-03-15/2026-03-25",
    "2026-03-15/2026-03-31",
    "2026-11-10/2026-12-20",
  ])("fields add up to the roll-up of %s, for VIEWERs", async (period) => {
    for (const code of ["04", "01558", "01561"])
      expect(await sumOfFields({ code, period }, viewer), code).toEqual(await ask(MEASURES, { code, period }, viewer));
  });

  it("a dossier due later in the running half-month is not overdue yet", async () => {
    const { byField } = await ask<{ byField: { counts: Measures }[] }>(
      "byField { counts { inProcessOverdue inProcessPaused inProcessNotDue received } }",
      { code: "04", period: "2026-11" },
      viewer,
    );
    expect(byField.at(-1)!.counts).toEqual({ inProcessOverdue: 1, inProcessPaused: 1, inProcessNotDue: 1, received: 2 });
  });

  it("a field has counts and rates, but not the fields that need the whole", async () => {
    const { byField } = await ask<{ byField: { counts: object }[] }>(
      "byField { counts { period onTimeRate { value numerator denominator } onTimeRateHandled: onTimeRate(basis: HANDLED) { denominator } stopped } }",
      { code: "04", period: "2026-03" },
    );
    expect(byField.at(-1)).toEqual({
      counts: {
        period: "2026-03",
        onTimeRate: { value: 2 / 3, numerator: 2, denominator: 3 },
        onTimeRateHandled: { denominator: 4 },
        stopped: 0,
      },
    });
    for (const field of [
      "coverage { unitsCovered }",
      "series(grain: MONTH) { received }",
      "byTier { tier }",
      "averageWorkingDays",
      "exact",
    ])
      expect(await codeOfError(`byField { counts { ${field} } }`, { code: "04", period: "2026-03" })).toBe("GRAPHQL_VALIDATION_FAILED");
  });

  it("records are counted through the last day of the period, or today for VIEWERs, or the end of the last half-month for all others", async () => {
    const through = async (period: string, bearer?: string, code = "04") =>
      (await ask<{ dataThrough: string | null }>("dataThrough", { code, period }, bearer)).dataThrough;
    for (const [period, ofViewers, ofAll] of [
      ["2026-03", "2026-03-31", "2026-03-31"],
      ["2026", TODAY, "2026-11-14"],
      ["2026-11", TODAY, "2026-11-14"],
      ["2026-11@ND09", "2026-11-14", "2026-11-14"],
      ["2026-11-01/2026-11-20", "2026-11-20", "2026-11-14"],
      ["2026-03-15/2026-03-31", "2026-03-31", "2026-03-31"],
      // Of these days no half-month has ended, or they cut one.
      ["2026-12@ND09", TODAY, null],
      ["2026-03-02/2026-03-31", "2026-03-31", null],
      ["2026-03-01/2026-03-13", "2026-03-13", null],
      ["2026-03-02/2026-12-31", TODAY, null],
      ["2027", null, null],
    ] as const) {
      expect(await through(period, viewer), period).toBe(ofViewers);
      expect(await through(period), period).toBe(ofAll);
    }
    for (const bearer of [undefined, viewer]) expect(await through("2026-03", bearer, "48")).toBeNull();
  });

  it("no dossier resolved gives no mean of working days and no rate, not 100 % and not 0 %", async () => {
    expect(await ask("averageWorkingDays onTimeRate { value denominator }", { code: "04", period: "2026-09" })).toEqual({
      averageWorkingDays: null,
      onTimeRate: { value: null, denominator: 0 },
    });
    expect(await ask("averageWorkingDays byField { field { code } } byChannel { channel }", { code: "48", period: "2026-09" })).toEqual({
      ...{ averageWorkingDays: null, byField: [], byChannel: [] },
    });
  });

  it("handledBy selects the tier in fields and means", async () => {
    const variables = { code: "04", period: "2026-03" };
    expect(await sumOfFields({ ...variables, handledBy: "COMMUNE" })).toEqual(await ask(MEASURES, { ...variables, handledBy: "COMMUNE" }));
    expect(await ask("byField { field { code } } averageWorkingDays", { ...variables, handledBy: "PROVINCE" })).toEqual({
      ...{ byField: [], averageWorkingDays: null },
    });
  });
});

const sumOfFields = async (variables: { code: string; period: string; handledBy?: string }, bearer?: string): Promise<Measures> => {
  const { byField } = await ask<{ byField: { counts: Measures }[] }>(`byField { counts { ${MEASURES} } }`, variables, bearer);
  const names = MEASURES.split(/\s+/);
  return Object.fromEntries(names.map((name) => [name, byField.reduce((sum, { counts }) => sum + (counts[name] ?? 0), 0)]));
};
