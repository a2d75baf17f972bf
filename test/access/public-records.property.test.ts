import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addDays } from "../../src/lib/time/date.ts";
import type { CalendarDay } from "../../src/calendar/work-calendar.ts";
import { NOW, startService, type TestService } from "../support/client.ts";
import type { TestDatabase } from "../support/database.ts";
import { dossier, fillCatalogue, IMPORT, type ImportAnswer, type Sent } from "../support/dossiers.ts";
import { issueKey } from "../support/key.ts";
import { NaiveCalendar } from "../calendar/naive-calendar.ts";
import { COMMUNES, divisionOf, drawTwins, PROCEDURES } from "./twin-databases.ts";
import { OF_ROLLUP, OF_UNIT } from "./public-questions.ts";
import { drawTaskTwins, type TwinTask } from "./twin-tasks.ts";
import { PUBLISH, SUBMIT, type SubmitAnswer } from "../support/reports.ts";
import { END_ON_FAILURE, runs, seed } from "../support/property.ts";

const RUNS = runs(20);
const SEED = seed(20_261_129);
const PAIRS = 40;

/** A unit and a day of its hierarchy: of today and of older ones, divisions and a department. */
const UNITS = [
  ...["VN", "04", "04", "04/so-mot-cua", "48", ...COMMUNES, ...COMMUNES, ...COMMUNES.map(divisionOf)].map((code) => [code, null] as const),
  ...([
    ["04", "2024-12-31"],
    ["048", "2024-12-31"],
    ["01561", "2025-06-30"],
    ["04", "2026-12-31"],
  ] as const),
] as const;

const period = fc.oneof(
  fc.constantFrom(
    "2026-11",
    "2026-11@ND09",
    "2026-12@ND09",
    "2026-Q4",
    "2026-Q3",
    "2026",
    "2026@ND09",
    "2026-08",
    "2026-10",
    "2026-9M",
    "2025/2026",
    "2027",
  ),
  fc.constantFrom(
    "2026-11-01/2026-11-14",
    "2026-11-15/2026-11-30",
    "2026-10-15/2026-11-14",
    "2026-09-15/2026-12-14",
    "2026-11-01/2026-11-22",
  ),
  fc.tuple(fc.nat(130), fc.nat(60)).map(([first, length]) => {
    const from = addDays("2026-07-25", first);
    return `${from}/${addDays(from, length)}`;
  }),
);

const question = fc
  .record({
    unit: fc.constantFrom(...UNITS),
    period,
    evidence: fc.constantFrom("PUBLISHED", "PUBLISHED", "ALL"),
    handledBy: fc.constantFrom(null, null, null, "COMMUNE", "PROVINCE"),
    fields: fc.uniqueArray(fc.constantFrom(...OF_ROLLUP), { minLength: 1, maxLength: 4 }),
    more: fc.uniqueArray(fc.nat(OF_UNIT("").length - 1), { maxLength: 2 }),
  })
  .map(({ unit: [code, asOf], period: of, evidence, handledBy, fields, more }) => {
    const day = asOf ? `, asOf: "${asOf}"` : "";
    const tier = handledBy ? `, handledBy: ${handledBy}` : "";
    const rest = more.map((n) => OF_UNIT(of)[n]!).join(" ");
    return `{ unit(code: "${code}"${day}, evidence: ${evidence}) { dossiers(period: "${of}"${tier}) { ${fields.join(" ")} } ${rest} } }`;
  });

/** Two databases that agree in what is public of records: in the rest each is of its own. */
describe("two databases with equal public data of records", () => {
  let base: TestDatabase;
  let services: readonly TestService[];
  let callers: readonly (string | undefined)[];
  let viewer: string;

  const send = async (service: TestService, dossiers: readonly Sent[], bearer: string) => {
    const { data, errors } = await service.ask<ImportAnswer, object>(IMPORT, { source: "cao-bang", dossiers }, bearer);
    expect(errors).toBeUndefined();
    expect(data.importDossiers.report).toMatchObject({ created: dossiers.length, problems: [] });
  };

  const assign = async (service: TestService, tasks: readonly TwinTask[], bearer: string) => {
    const change = async (name: string, input: object) => {
      const text = `mutation ($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { task { id } } }`;
      const { data, errors } = await service.ask<Record<string, { task: { id: string } }>, object>(text, { input }, bearer);
      expect(errors).toBeUndefined();
      return data[name]!.task.id;
    };
    for (const { completedOn, ...given } of tasks) {
      const task = await change("assignTask", { ...given, assignedBy: "04", title: "Rà soát", idempotencyKey: crypto.randomUUID() });
      if (completedOn === null) continue;
      await change("completeTask", { task, doneOn: completedOn });
      await change("confirmTask", { task });
    }
  };

  /** Two fields of one competence, level, limit and fee. */
  const addProcedures = async ({ orm }: TestDatabase) => {
    await sql`insert into procedure (code, name, words, field_id, competence, service_level, working_days, has_fee)
      select p.code, p.code, p.code, f.id, 'COMMUNE', 'FULL', 5, true
      from unnest(${[...PROCEDURES]}::text[], ${["HT", "CT"]}::text[]) p(code, field) join procedure_field f on f.code = p.field`.execute(
      orm.em.fork().getKysely(),
    );
  };

  /** What is public anyway: agencies, sources, completeness, published figures beside records. */
  const share = async (service: TestService, admin: string) => {
    const must = async (text: string, input: object) => expect((await service.ask(text, { input }, admin)).errors).toBeUndefined();
    for (const [unit, kind, name] of [
      ...COMMUNES.map((commune) => [commune, "DIVISION", "Tổ Một Cửa"]),
      ["04", "DEPARTMENT", "Sở Một Cửa"],
    ])
      await must("mutation ($input: RegisterAgencyInput!) { registerAgency(input: $input) { __typename } }", {
        unit,
        kind,
        name,
        validFrom: "2026-01-01",
      });
    const offices = [...COMMUNES, ...COMMUNES.map(divisionOf), "04", "04/so-mot-cua"];
    await send(
      service,
      offices.map((unit) => dossier({ code: unit, unit, receivedAt: "2026-08-03T08:00:00+07:00" }) as Sent),
      admin,
    );
    await assign(
      service,
      COMMUNES.map((lead) => ({ lead, assignedOn: "2026-08-01", deadline: null, completedOn: null })),
      admin,
    );
    const declare = "mutation ($input: DeclareCompleteInput!) { declareComplete(input: $input) { __typename } }";
    await must(declare, { kind: "DOSSIERS", units: ["01558"], since: "2026-01-01", through: "2026-11-14" });
    await must(declare, { kind: "DOSSIERS", units: ["01561"], since: "2026-08-01", through: "2026-11-10" });
    const figures = ["2026-11", "2026-Q3", "2026", "2026-10"].flatMap((of) =>
      ["PROVINCE", "COMMUNE"].map((scope) => ({ measure: "dossier.received", scope, period: of, value: 500, quote: "q" })),
    );
    const input = { idempotencyKey: "k", title: "t", unit: "04", figures };
    const { data } = await service.ask<SubmitAnswer, object>(SUBMIT, { input }, admin);
    expect(data.submitReport.problems).toEqual([]);
    expect((await service.ask(PUBLISH, { id: data.submitReport.report!.id }, admin)).errors).toBeUndefined();
  };

  beforeAll(async () => {
    const first = await startService("SEEDED", { rateAddress: 0, rateKey: 0 });
    base = first.database;
    const admin = await issueKey(base, "Cao Bằng", { "04": "ADMIN" });
    viewer = await issueKey(base, "viewer", { "04": "VIEWER" });
    callers = [undefined, await issueKey(base, "elsewhere", { "48": "ADMIN" })];
    await fillCatalogue(base);
    await addProcedures(base);
    await share(first, admin);
    const { rows } = await sql<CalendarDay>`select day, kind, status from work_calendar_day`.execute(base.orm.em.fork().getKysely());
    await first.server.close();
    await base.disconnect();
    // The second database gets what it has later in the day, and in several imports.
    const clocks = [NOW, new Date("2026-11-22T17:41:13.777+07:00")];
    services = [await startService(base, { clock: () => clocks[0]! }), await startService(base, { clock: () => clocks[1]! })];
    const [one, two] = drawTwins(SEED, PAIRS, new NaiveCalendar(rows));
    expect(one.length).toBeGreaterThan(PAIRS);
    await send(services[0]!, one, admin);
    const tasks = drawTaskTwins(SEED, 16);
    for (const [n, service] of services.entries()) await assign(service, tasks[n]!, admin);
    for (let n = 0; n < 3; n++)
      await send(
        services[1]!,
        two.filter((_, place) => place % 3 === n),
        admin,
      );
  });
  afterAll(async () => {
    for (const service of services) await service.close();
    await base.close();
  });

  const answers = (query: string, bearer?: string) =>
    Promise.all(services.map(async (service) => JSON.stringify(await service.ask(query, {}, bearer))));

  it(`answer ${RUNS} random questions byte for byte alike, without a key and by a key of elsewhere`, { timeout: 600_000 }, async () => {
    let counted = 0;
    await fc.assert(
      fc.asyncProperty(question, fc.nat(1), async (query, caller) => {
        const [one, two] = await answers(query, callers[caller]);
        expect(two).toBe(one);
        if (one!.includes("2026-1") && /[1-9]\d*/.test(one!)) counted++;
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: END_ON_FAILURE },
    );
    // Operations without an answer would prove nothing.
    expect(counted).toBeGreaterThan(RUNS / 10);
  });

  it.each([
    ["the running half-month", '{ unit(code: "04") { dossiers(period: "2026-11-15/2026-11-30") { received } } }'],
    [
      "single days",
      '{ unit(code: "01558") { dossiers(period: "2026-10-01/2026-10-31") { received } day: dossiers(period: "2026-10-01/2026-10-06") { received } } }',
    ],
    ["tasks of the running half-month", '{ unit(code: "04") { tasks(period: "2026-11") { total } } }'],
    [
      "days of tasks",
      `{ unit(code: "04") { ${["2026-08-06", "2026-08-20", "2026-09-06", "2026-10-06", "2026-10-20"].map((day, n) => `p${n}: tasks(period: "2026-08-01/${day}") { total due }`).join(" ")} } }`,
    ],
    ["which office", `{ unit(code: "${divisionOf("01558")}") { dossiers(period: "2026") { received } } }`],
    [
      "fields of a commune",
      '{ unit(code: "01558") { dossiers(period: "2026-Q3") { byField { field { code } counts { received resolved } } } } }',
    ],
    ["the time of an import", '{ unit(code: "01558") { records { lastImportAt } } }'],
    ["codes", '{ dossiers(filter: { within: "04" }) { totalCount nodes { code } } }'],
  ])("differ in %s, as a VIEWER sees", async (_, query) => {
    const [one, two] = await answers(query, viewer);
    expect(one).not.toContain('"errors"');
    expect(two).not.toBe(one);
  });
});
