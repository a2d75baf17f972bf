import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../../support/client.ts";
import { givenDossiers, type Sent } from "../../support/dossiers.ts";
import { issueKey } from "../../support/key.ts";

let service: TestService;
let officer: string;

beforeAll(async () => {
  service = await startService();
  officer = await givenDossiers(service, DOSSIERS);
});
afterAll(() => service.close());

const at = (day: string) => `${day}T08:00:00+07:00`;
const resolved = (code: string, day: string, more: object = {}): Sent => ({ code, state: "RESOLVED", endedAt: at(day), ...more });

/** In March 2026, of procedures with five and with ten working days, the second with a fee and in full online. */
const DOSSIERS: readonly Sent[] = [
  resolved("early", "2026-03-05", { channel: "ONLINE", electronicResult: true, digitised: true }),
  resolved("on time", "2026-03-10", { electronicResult: true }),
  resolved("late", "2026-03-20", { channel: "POSTAL" }),
  resolved("carried over", "2026-03-04", { receivedAt: at("2026-02-26"), electronicResult: true, digitised: true }),
  { code: "past due" },
  { code: "withdrawn late", state: "WITHDRAWN", endedAt: at("2026-03-25") },
  { code: "stopped", procedure: "1.000002", state: "STOPPED", endedAt: at("2026-03-06"), channel: "ONLINE", paidOnline: true },
  {
    ...{ code: "paused in time", procedure: "1.000002", state: "SUPPLEMENT_REQUESTED" as const },
    pauses: [{ reason: "SUPPLEMENT" as const, from: at("2026-03-04") }],
  },
  {
    ...{ code: "paused twice", procedure: "1.000002", state: "SUPPLEMENT_REQUESTED" as const, channel: "ONLINE" as const },
    pauses: [
      { reason: "SUPPLEMENT" as const, from: at("2026-03-04"), to: at("2026-03-05") },
      { reason: "SUPPLEMENT" as const, from: at("2026-03-06") },
    ],
  },
];

const declare = async (units: readonly string[], since: string, through: string) => {
  await sql`insert into record_range (unit_id, kind, since, through)
    select distinct v.unit_id, 'DOSSIERS', ${since}::date, ${through}::date from unit_version v
    where v.valid_from <= ${since} and (v.valid_to is null or v.valid_to > ${since}) and v.code = any(${units}::text[])
    on conflict (unit_id, kind, since) do update set through = excluded.through`.execute(service.database.orm.em.fork().getKysely());
};

const COLUMNS = [
  ...[
    "toHandle",
    "receivedOnline",
    "receivedDirectOrPostal",
    "carriedOver",
    "resolved",
    "resolvedEarly",
    "resolvedOnTime",
    "resolvedOverdue",
  ],
  ...["inProcess", "inProcessNotDue", "inProcessOverdue", "paused", "withdrawnOrStopped"],
] as const;
type Row = Readonly<Record<(typeof COLUMNS)[number], number>> & { readonly field: { readonly code: string } | null };
interface Form {
  readonly form06: { readonly rows: readonly Row[]; readonly total: Row } | null;
}

const FORM = `query ($code: ID!, $period: Period!, $convention: ReportingConvention! = SEPARATE) { unit(code: $code) {
  form06(period: $period, convention: $convention) { rows { field { code } ${COLUMNS.join(" ")} } total { field { code } ${COLUMNS.join(" ")} } } } }`;
const QUALITY = `query ($code: ID!, $period: Period!) { unit(code: $code) { serviceQuality(period: $period) {
  period score maxScore criteria { code rate { value numerator denominator coverage quoted } score maxScore } } } }`;

const formOf = async (variables: object, bearer?: string): Promise<Form["form06"]> => {
  const { data, errors } = await service.ask<{ unit: Form }, object>(FORM, variables, bearer);
  expect(errors).toBeUndefined();
  return data.unit.form06;
};

const expectIdentities = (row: Row, outside: number): void => {
  expect(row.toHandle).toBe(row.receivedOnline + row.receivedDirectOrPostal + row.carriedOver);
  expect(row.resolved).toBe(row.resolvedEarly + row.resolvedOnTime + row.resolvedOverdue);
  expect(row.inProcess).toBe(row.inProcessNotDue + row.inProcessOverdue);
  expect(row.paused + row.withdrawnOrStopped).toBe(outside);
  expect(row.toHandle).toBe(row.resolved + row.inProcess + outside);
};

describe("form II.06", () => {
  it("is null until the records of the whole subtree are complete for the period", async () => {
    expect(await formOf({ code: "01558", period: "2026-03" }, officer)).toBeNull();
    await declare(["01558"], "2026-01-01", "2026-03-30");
    expect(await formOf({ code: "01558", period: "2026-03" }, officer)).toBeNull();
    await declare(["01558"], "2026-01-01", "2026-03-31");
    expect(await formOf({ code: "01558", period: "2026-03" }, officer)).not.toBeNull();
    expect(await formOf({ code: "01558", period: "2026-02" }, officer)).not.toBeNull();
    expect(await formOf({ code: "01558", period: "2026-04" }, officer)).toBeNull();
    expect(await formOf({ code: "04", period: "2026-03" })).toBeNull();
  });

  it("has its total for everybody, and its rows below the province for VIEWERs alone", async () => {
    const variables = { code: "01558", period: "2026-03" };
    const elsewhere = await issueKey(service.database, "elsewhere", { "48": "VIEWER" });
    const full = await formOf(variables, officer);
    for (const bearer of [undefined, elsewhere]) {
      const { data, errors } = await service.ask<{ unit: object }, object>(FORM, variables, bearer);
      expect(errors).toMatchObject([{ extensions: { code: "FORBIDDEN" }, path: ["unit", "form06", "rows"] }]);
      expect(data.unit).toEqual({ form06: { ...full, rows: null } });
    }
  });

  it("has its identities under both conventions, by field and in total", async () => {
    const { data } = await service.ask<{ units: { nodes: { code: string }[] } }, object>(
      `{ units(within: "04", first: 500, tier: COMMUNE) { nodes { code } } }`,
    );
    const communes = data.units.nodes.map(({ code }) => code);
    await declare(["04", ...communes.filter((code) => code !== "01558")], "2026-03-01", "2026-03-31");
    const separate = (await formOf({ code: "04", period: "2026-03" }))!;
    expect(separate.rows.map(({ field }) => field?.code)).toEqual(["CT", "HT"]);
    expect(separate.total.field).toBeNull();
    for (const row of [...separate.rows, separate.total]) expectIdentities(row, row.paused + row.withdrawnOrStopped);
    expect(separate.total).toMatchObject({
      ...{ toHandle: 9, receivedOnline: 3, receivedDirectOrPostal: 5, carriedOver: 1, resolved: 4, resolvedEarly: 2, resolvedOnTime: 1 },
      ...{ resolvedOverdue: 1, inProcess: 1, inProcessNotDue: 0, inProcessOverdue: 1, paused: 2, withdrawnOrStopped: 2 },
    });
    const printed = (await formOf({ code: "04", period: "2026-03", convention: "FORM_06A" }))!;
    for (const row of [...printed.rows, printed.total]) expectIdentities(row, 0);
    expect(printed.total).toMatchObject({ resolved: 8, resolvedEarly: 2, resolvedOnTime: 5, resolvedOverdue: 1, inProcess: 1 });
    for (const form of [separate, printed])
      for (const column of COLUMNS) expect(form.rows.reduce((sum, row) => sum + row[column], 0)).toBe(form.total[column]);
  });

  it("is that of an agency where its records are complete, or those of the unit that it serves", async () => {
    const ofCity = await issueKey(service.database, "city", { "48": "VIEWER" });
    const variables = { code: "48/so-y-te", period: "2025-03" };
    expect(await formOf(variables, ofCity)).toBeNull();
    await declare(["48"], "2025-03-01", "2025-03-31");
    expect((await formOf(variables, ofCity))?.total).toMatchObject({ toHandle: 0 });
    expect(await formOf({ ...variables, period: "2025-04" }, ofCity)).toBeNull();
    // The communes of the city have declared nothing.
    expect(await formOf({ code: "48", period: "2025-03" })).toBeNull();
    await declare(["48/so-y-te"], "2025-04-01", "2025-04-30");
    expect(await formOf({ ...variables, period: "2025-04" }, ofCity)).not.toBeNull();
  });

  it("is empty, and not null, where nothing was recorded and that is complete", async () => {
    await declare(["01561"], "2026-03-01", "2026-03-31");
    const form = (await formOf({ code: "01561", period: "2026-03" }, officer))!;
    expect(form.rows).toEqual([]);
    expect(form.total).toEqual({ field: null, ...Object.fromEntries(COLUMNS.map((column) => [column, 0])) });
  });
});

interface Quality {
  readonly serviceQuality: {
    readonly score: number | null;
    readonly maxScore: number;
    readonly criteria: readonly {
      readonly code: string;
      readonly rate: object;
      readonly score: number | null;
      readonly maxScore: number;
    }[];
  };
}

describe("service quality", () => {
  const qualityOf = async (variables: object, bearer?: string) => {
    const { data, errors } = await service.ask<{ unit: Quality }, object>(QUALITY, variables, bearer);
    expect(errors).toBeUndefined();
    return data.unit.serviceQuality;
  };

  it("counts every kind of delay against a unit, and a pause in time for it", async () => {
    const { score, maxScore, criteria } = await qualityOf({ code: "04", period: "2026-03" });
    const rate = (numerator: number, denominator: number) => ({
      ...{ value: denominator === 0 ? null : numerator / denominator, numerator, denominator, coverage: 1, quoted: false },
    });
    const expected = [
      // Late are one that was resolved, one still open, one withdrawn after its due day, and one that waits a second time.
      { code: "2.1", rate: rate(5, 9), score: (5 / 9) * 20, maxScore: 20 },
      { code: "3", rate: rate(2, 3), score: (2 / 3) * 12, maxScore: 12 },
      { code: "3.6", rate: rate(1, 3), score: (1 / 3) * 6, maxScore: 6 },
      { code: "4.1", rate: rate(3, 4), score: (3 / 4) * 6, maxScore: 6 },
      { code: "4.2", rate: rate(2, 4), score: (0.5 / 0.8) * 4, maxScore: 4 },
    ];
    expect(criteria).toEqual(expected.map((one) => ({ ...one, score: expect.closeTo(one.score, 10) as number })));
    expect(maxScore).toBe(48);
    expect(score).toBeCloseTo(
      expected.reduce((sum, one) => sum + one.score, 0),
      10,
    );
  });

  it("no dossier resolved gives no rate and no points, not 100 % and not 0 %", async () => {
    const { score, criteria } = await qualityOf({ code: "04", period: "2026-09" });
    expect(criteria.map(({ rate, score: points }) => [(rate as { value: number | null }).value, points])).toEqual([
      [expect.any(Number), expect.any(Number)],
      [null, null],
      [null, null],
      [null, null],
      [null, null],
    ]);
    expect(score).toBe(criteria[0]!.score);
    expect(await qualityOf({ code: "48", period: "2026-03" })).toMatchObject({ score: null, maxScore: 48 });
  });

  it("days that cut a half-month are for VIEWERs of the unit alone", async () => {
    const variables = { code: "01558", period: "2026-03-02/2026-03-31" };
    expect((await qualityOf(variables)).score).toBeNull();
    expect((await qualityOf(variables, officer)).score).toBeCloseTo((await qualityOf({ ...variables, period: "2026-03" })).score!, 10);
  });

  it("eighty per cent of digitised results earn all points of 4.2, and more earn no more", async () => {
    const { data } = await service.ask<{ unit: Quality }, object>(QUALITY, { code: "04", period: "2026-03-01/2026-03-09" }, officer);
    expect(data.unit.serviceQuality.criteria.at(-1)).toMatchObject({ rate: { value: 1 }, score: 4 });
  });
});
