import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";
import { issueKey } from "../support/key.ts";
import { SUBMIT, type SubmitAnswer } from "../support/reports.ts";

/** A ward of Cao Bằng until 30 June 2025. */
const WARD = "01273";
const figure = (measure: string, value: number | null, more: object = {}) => ({
  ...{ measure, value, period: "2024", scope: "COMMUNE", quote: "trong năm" },
  ...more,
});
const report = (figures: object[], more: object = {}) => ({
  ...{ idempotencyKey: "problems", title: "Báo cáo cải cách hành chính", unit: WARD, figures },
  ...more,
});
const RECEIVED = figure("dossier.received", 1);

/** What is wrong, the report, the path to it, its code and its message. */
const REFUSED: [string, object, string, string, RegExp][] = [
  ["an empty idempotency key", report([RECEIVED], { idempotencyKey: "" }), "idempotencyKey", "IDEMPOTENCY_KEY_MALFORMED", /visible ASCII/],
  ["a blank in it", report([RECEIVED], { idempotencyKey: "with blank" }), "idempotencyKey", "IDEMPOTENCY_KEY_MALFORMED", /visible ASCII/],
  ["a letter beyond ASCII in it", report([RECEIVED], { idempotencyKey: "ü" }), "idempotencyKey", "IDEMPOTENCY_KEY_MALFORMED", /ASCII/],
  ["a long one", report([RECEIVED], { idempotencyKey: "x".repeat(201) }), "idempotencyKey", "IDEMPOTENCY_KEY_MALFORMED", /1 to 200/],
  ["no figures", report([]), "figures", "FIGURE_COUNT_INVALID", /must be a list of 1 to 5000 figures, got 0$/],
  ["no title", report([RECEIVED], { title: " " }), "title", "TEXT_INVALID", /1 to 500 characters/],
  ["a long note", report([RECEIVED], { note: "x".repeat(2001) }), "note", "TEXT_INVALID", /1 to 2000 characters/],
  ["no quote", report([figure("dossier.received", 1, { quote: "" })]), "figures.0.quote", "TEXT_INVALID", /1 to 2000 characters/],
  ["an impossible day", report([RECEIVED], { publishedOn: "2024-02-30" }), "publishedOn", "DAY_INVALID", /"2024-02-30"/],
  ["an unknown unit", report([RECEIVED], { unit: "99999" }), "unit", "UNIT_UNKNOWN", /"99999".* exists on 2024-12-31/],
  [
    "a code of another time",
    report([figure("dossier.received", 1, { period: "2026" })], { unit: "048" }),
    "unit",
    "UNIT_UNKNOWN",
    /"048".* exists on 2026-12-31/,
  ],
  [
    "an unknown unit of a figure",
    report([figure("dossier.received", 1, { unit: "99999" })]),
    "figures.0.unit",
    "UNIT_UNKNOWN",
    /"99999".* exists on 2024-12-31/,
  ],
  [
    "a unit outside",
    report([figure("dossier.received", 1, { unit: "04" })]),
    "figures.0.unit",
    "UNIT_OUTSIDE",
    /must be Phường Hợp Giang or a unit within it, got "04"$/,
  ],
  [
    "an unknown measure",
    report([figure("dossier.lost", 1)]),
    "figures.0.measure",
    "MEASURE_UNKNOWN",
    /must be one of dossier\.received, .*, got "dossier\.lost"$/,
  ],
  ["half a dossier", report([figure("dossier.received", 0.5)]), "figures.0.value", "VALUE_INVALID", /must be a whole number .*, got 0\.5$/],
  ["fewer than none", report([figure("dossier.received", -1)]), "figures.0.value", "VALUE_INVALID", /got -1$/],
  ["too many to count", report([figure("dossier.received", 2 ** 53)]), "figures.0.value", "VALUE_INVALID", /got 9007199254740992$/],
  [
    "a percentage for a share",
    report([figure("dossier.on-time-rate", 95.97)]),
    "figures.0.value",
    "VALUE_INVALID",
    /from 0 to 1, got 95\.97$/,
  ],
  ["neither value nor range", report([figure("dossier.received", null)]), "figures.0.value", "VALUE_INVALID", /either a value or a range/],
  ["both", report([figure("dossier.on-time-rate", 0.9, { low: 0.8 })]), "figures.0.value", "VALUE_INVALID", /either a value or a range/],
  [
    "a range upside down",
    report([figure("dossier.on-time-rate", null, { low: 0.9, high: 0.8 })]),
    "figures.0.low",
    "RANGE_REVERSED",
    /at most high, 0\.8, got 0\.9$/,
  ],
  [
    "more than there are",
    report([figure("service.used-online", 9, { denominator: 8 })]),
    "figures.0.denominator",
    "DENOMINATOR_INVALID",
    /got 8$/,
  ],
  [
    "a tier above",
    report([figure("dossier.received", 1, { scope: "DISTRICT" })]),
    "figures.0.scope",
    "SCOPE_INVALID",
    /must be COMMUNE or a lower tier, got "DISTRICT"$/,
  ],
  ["an unknown period", report([figure("dossier.received", 1, { period: "2024-13" })]), "figures.0.period", "PERIOD_INVALID", /2021-Q3/],
  ["a period to come", report([figure("dossier.received", 1, { period: "2027" })]), "figures.0.period", "PERIOD_INVALID", /2026-11-22/],
  [
    "a number twice",
    report([RECEIVED, figure("dossier.received", 2)]),
    "figures.1.value",
    "STATED_TWICE",
    /states dossier\.received a second time .*: 2, and 1 in figures\[0\]$/,
  ],
  [
    "a commune's own number that contradicts that of its tier",
    report([figure("dossier.received", 5, { scope: null }), figure("dossier.received-online", 7)]),
    "figures.1.value",
    "IDENTITY_BROKEN",
    /contradicts the identity received = .*\(received = 5, receivedOnline = 7\)/,
  ],
  [
    "parts that make more than an answer holds",
    report([figure("dossier.received-online", 2 ** 31 - 1), figure("dossier.received-direct", 1), figure("dossier.received-postal", 0)]),
    "figures.0.value",
    "RESULT_TOO_LARGE",
    /makes dossier\.received 2,147,483,648, .*at most 2,147,483,647 for .*/,
  ],
];

describe("the problems of a submitted report", () => {
  let service: TestService;
  let officer: string;
  const submit = (input: object) => service.ask<SubmitAnswer, object>(SUBMIT, { input }, officer);
  const stored = async () =>
    (
      await sql`select (select count(*) from source) as sources, (select count(*) from figure) as figures,
        (select count(*) from audit_entry) as entries`.execute(service.database.orm.em.fork().getKysely())
    ).rows;

  beforeAll(async () => {
    service = await startService();
    officer = await issueKey(service.database, "officer", { "04": "OFFICER" });
  });
  afterAll(() => service.close());

  it.each(REFUSED)("name %s by path and code, and nothing is stored", async (_, input, path, code, message) => {
    const before = await stored();
    const { data, errors } = await submit(input);
    expect(errors).toBeUndefined();
    expect(data.submitReport.report).toBeNull();
    expect(data.submitReport.problems.map((problem) => [problem.path.join("."), problem.code])).toEqual([[path, code]]);
    expect(data.submitReport.problems[0]!.message).toMatch(message);
    expect(await stored()).toEqual(before);
  });

  it("name the report to correct where it is of another unit", async () => {
    const { data } = await submit(report([RECEIVED], { idempotencyKey: "first" }));
    const supersedes = data.submitReport.report!.id;
    const other = await submit(report([RECEIVED], { unit: "01267", supersedes }));
    expect(other.data.submitReport).toMatchObject({
      report: null,
      problems: [
        {
          path: ["supersedes"],
          code: "SUPERSEDES_OTHER_UNIT",
          message: expect.stringMatching(/^supersedes: must be a report of Phường Sông Hiến/) as string,
        },
      ],
    });
  });

  it("name each invalid text, day and period at once", async () => {
    const { data } = await submit(
      report([figure("dossier.received", 1, { quote: "" }), figure("dossier.resolved", 1, { period: "never" })], {
        title: "",
        publishedOn: "x",
      }),
    );
    expect(data.submitReport.problems.map(({ path }) => path.join("."))).toEqual([
      "title",
      "publishedOn",
      "figures.0.quote",
      "figures.1.period",
    ]);
  });

  it("name every contradiction with its identity, numbers, unit, tier and period", async () => {
    const { data } = await submit(
      report([
        figure("dossier.received", 10),
        figure("dossier.received-online", 11),
        figure("dossier.resolved", 5),
        figure("dossier.resolved-early", 6),
        figure("task.total", 3, { scope: null }),
        figure("task.with-deadline", 1, { scope: null }),
        figure("task.without-deadline", 1, { scope: null }),
        figure("dossier.received", 7, { period: "2023" }),
        figure("dossier.received-online", 7, { period: "2023" }),
      ]),
    );
    const { problems } = data.submitReport;
    expect(problems.map(({ path, code }) => [path.join("."), code])).toEqual(
      ["figures.1.value", "figures.3.value", "figures.6.value"].map((path) => [path, "IDENTITY_BROKEN"]),
    );
    expect(problems[0]!.message).toBe(
      "figures[1].value: contradicts the identity received = receivedOnline + receivedDirect + receivedPostal (received = 10, receivedOnline = 11) " +
        "for Phường Hợp Giang, COMMUNE, 2024",
    );
    expect(problems[2]!.message).toContain("total = withDeadline + withoutDeadline (total = 3, withDeadline = 1, withoutDeadline = 1)");
  });

  it("name no contradiction of a number that is invalid itself", async () => {
    const { data } = await submit(report([figure("dossier.received", 10), figure("dossier.received-online", -1)]));
    expect(data.submitReport.problems.map(({ code }) => code)).toEqual(["VALUE_INVALID"]);
  });

  it("are the first 1,000", async () => {
    const { data } = await submit(report(Array.from({ length: 1200 }, () => figure("dossier.received", -1))));
    expect(data.submitReport.problems).toHaveLength(1000);
  });

  it("leave errors to rights and to reports that the caller cannot find", async () => {
    const other = await issueKey(service.database, "other", { "48": "OFFICER" });
    const refused = await service.ask<SubmitAnswer | null, object>(SUBMIT, { input: report([figure("dossier.received", -1)]) }, other);
    expect(refused).toMatchObject({ data: null, errors: [{ extensions: { code: "FORBIDDEN" } }] });
    const missing = await service.ask<SubmitAnswer | null, object>(SUBMIT, { input: report([RECEIVED], { supersedes: "none" }) }, officer);
    expect(missing).toMatchObject({ data: null, errors: [{ extensions: { code: "NOT_FOUND" } }] });
  });
});
