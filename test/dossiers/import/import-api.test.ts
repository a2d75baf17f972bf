import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, startService, type TestService } from "../../support/client.ts";
import { dossier, givenDossiers, type Sent } from "../../support/dossiers.ts";
import { issueKey } from "../../support/key.ts";
import { post, send as request } from "../../support/post.ts";

const IMPORT = `mutation ($source: ID!, $dossiers: [DossierInput!]!, $partial: Boolean! = false, $dryRun: Boolean! = false) {
  importDossiers(input: { source: $source, dossiers: $dossiers, partial: $partial, dryRun: $dryRun }) {
    report { isKept created updated unchanged rejected problems { row record field code } warnings { row record field code message } }
  }
}`;

interface Report {
  readonly importDossiers: {
    readonly report: {
      readonly isKept: boolean;
      readonly created: number;
      readonly rejected: number;
      readonly problems: readonly { readonly row: number; readonly record: string | null; readonly field: string; readonly code: string }[];
      readonly warnings: readonly { readonly row: number; readonly record: string; readonly code: string; readonly message: string }[];
    };
  };
}

let service: TestService;
let officer: string;

beforeAll(async () => {
  service = await startService();
  officer = await givenDossiers(service);
});
afterAll(() => service.close());

const send = (source: string, dossiers: readonly Sent[], options: object = {}, bearer = officer): Promise<Answer<Report>> =>
  service.ask<Report, object>(IMPORT, { source, dossiers: dossiers.map(dossier), ...options }, bearer);
const sourcesNamed = async (name: string): Promise<number> => {
  const { rows } = await sql`select from source where name = ${name}`.execute(service.database.orm.em.fork().getKysely());
  return rows.length;
};

describe("instants by API", () => {
  it("that do not exist are problems of their rows, whatever their offset", async () => {
    const wrong = [
      "2026-02-30T08:10:00+07:00",
      "2026-02-30T01:10:00Z",
      "2026-03-01T24:00:00+07:00",
      "2026-03-01T25:00:00Z",
      "9999-12-31T23:59:59Z",
      "0001-01-01T00:00:00Z",
      "2026-03-01T08:00:00+15:00",
    ];
    const fields = ["submittedAt", "receivedAt", "dueAt", "extendedTo", "updatedAt"] as const;
    const bad = fields.flatMap((field) => wrong.map((at): Sent => ({ code: `${field} ${at}`, [field]: at })));
    const paused = wrong.map((at): Sent => ({
      code: `to ${at}`,
      pauses: [{ reason: "SUPPLEMENT", from: "2026-03-04T08:00:00+07:00", to: at }],
    }));
    const { data, errors } = await send("instants", [{ code: "good" }, ...bad, ...paused], { partial: true });
    expect(errors).toBeUndefined();
    expect(data.importDossiers.report).toMatchObject({ created: 1, rejected: bad.length + paused.length });
    expect(data.importDossiers.report.problems.map(({ row, record, field, code }) => [row, record, field, code])).toEqual([
      ...bad.map(({ code }, n) => [n + 2, code, code.split(" ")[0], "INSTANT_MALFORMED"]),
      ...paused.map(({ code }, n) => [bad.length + n + 2, code, "pauses[0].to", "INSTANT_MALFORMED"]),
    ]);
  });

  it("come back as they were sent, also those from before 1975", async () => {
    const sent = [
      "1970-01-01T00:00:00.000+07:00",
      "1970-01-01T07:00:01.000+07:00",
      "1973-06-15T23:30:00.000+07:00",
      "1975-06-12T23:59:59.999+07:00",
      "1975-06-13T00:30:00.000+07:00",
      "1990-01-01T00:00:00.000+07:00",
    ];
    const { errors } = await send(
      "old",
      sent.map((at, n) => ({ code: `old-${n}`, submittedAt: at })),
    );
    expect(errors).toBeUndefined();
    const viewer = await issueKey(service.database, "viewer", { "04": "VIEWER" });
    for (const [n, at] of sent.entries()) {
      const found = await service.ask("query ($code: ID!) { dossier(code: $code) { submittedAt } }", { code: `old-${n}` }, viewer);
      expect(found.data).toEqual({ dossier: { submittedAt: at } });
    }
  });
});

describe("codes by API", () => {
  it("with invisible characters, or not in NFC, are problems of their rows", async () => {
    const codes = [
      "C26\u2028x",
      "C26\u2029x",
      "C26\u00A0x",
      "C26\u3000x",
      "C26\u200Bx",
      "C26\u3164x",
      "C26\u2800x",
      "C26x\u00A0",
      " C26x",
      "Hô\u0300",
      "x".repeat(101),
      "",
    ];
    const { data } = await send("codes", [{ code: "C26 x" }, ...codes.map((code) => ({ code }))], { partial: true });
    expect(data.importDossiers.report).toMatchObject({ created: 1, rejected: codes.length });
    expect(data.importDossiers.report.problems.map(({ field, code }) => `${field} ${code}`)).toEqual(
      codes.map(() => "code CODE_MALFORMED"),
    );
    for (const source of ["ab\u3164", "a\u200Bb", "a b", "\u00A0a"])
      expect((await send(source, [{ code: "a" }])).errors![0]!.message).toMatch(/^source: /);
  });

  const bodyOf = (number: string, query = IMPORT) =>
    JSON.stringify({ query, variables: { source: "numbers", dossiers: [dossier({ code: "@" })] } }).replace('"@"', number);
  const headers = () => ({ authorization: `Bearer ${officer}` });

  it.each(["12345678901234567890", "9007199254740993", "-9007199254740993", "1.0000000000000000001", "1e20", "12345678901234567890.0"])(
    "sent as the number %s are refused, for digits of it are lost",
    async (number) => {
      const { status, body } = await post(service.server.url, bodyOf(number), headers());
      expect(status).toBe(400);
      expect(body.errors![0]).toMatchObject({
        extensions: { code: "BAD_USER_INPUT" },
        message: expect.stringMatching(/^variables\.dossiers\.0\.code: .*codes must be text/) as string,
      });
      expect(body.errors![0]!.message).toContain(JSON.stringify(number));
      const search = new URLSearchParams({ query: "query ($code: ID!) { unit(code: $code) { name } }", variables: `{"code":${number}}` });
      const got = await request(`${service.server.url}?${search.toString()}`, { headers: { "x-apollo-operation-name": "a" } });
      expect(got.body.errors![0]!.message).toMatch(/^variables\.code: /);
    },
  );

  it("accept numbers without loss of digits, and keep every digit of literals in a document", async () => {
    const { body } = await post(service.server.url, bodyOf("9007199254740991"), headers());
    expect(body.data).toMatchObject({ importDossiers: { report: { created: 1 } } });
    const given = Object.entries(dossier({ code: "-" }))
      .filter(([name]) => name !== "code")
      .map(([name, value]) => `${name}: ${name === "state" ? "PROCESSING" : JSON.stringify(value)}`);
    const text = `mutation { importDossiers(input: { source: "numbers", dossiers: [{ code: 12345678901234567891, ${given.join(", ")} }] }) { report { created } } }`;
    expect((await service.ask(text, {}, officer)).data).toEqual({ importDossiers: { report: { created: 1 } } });
    const { rows } = await sql<{
      code: string;
    }>`select d.code from dossier d join source s on s.id = d.source_id where s.name = 'numbers' order by 1`.execute(
      service.database.orm.em.fork().getKysely(),
    );
    expect(rows.map(({ code }) => code)).toEqual(["12345678901234567891", "9007199254740991"]);
  });
});

describe("an import by API", () => {
  it("cause a warning if another source has sent the dossier, and are stored", async () => {
    await send("one", [{ code: "twice" }, { code: "once" }]);
    const { data } = await send("two", [{ code: "new" }, { code: "twice" }]);
    expect(data.importDossiers.report).toMatchObject({ created: 2, rejected: 0, problems: [] });
    expect(data.importDossiers.report.warnings).toEqual([
      {
        row: 2,
        record: "twice",
        field: "code",
        code: "KNOWN_FROM_OTHER_SOURCE",
        message: 'code: "twice" was also sent by one, and counts for each source',
      },
    ]);
    expect((await send("three", [{ code: "twice" }], { dryRun: true })).data.importDossiers.report.warnings).toMatchObject([
      { message: expect.stringContaining("one, two") as string },
    ]);
    expect((await send("two", [{ code: "new" }])).data.importDossiers.report.warnings).toEqual([]);
  });

  it("cause no warning about dossiers that the caller may not write", async () => {
    await send("ours", [{ code: "secret" }]);
    const neighbour = await issueKey(service.database, "Hà Tĩnh", { "42": "OFFICER" });
    const { data } = await send("theirs", [{ code: "secret", unit: "18073" }], {}, neighbour);
    expect(data.importDossiers.report).toMatchObject({ created: 1, warnings: [] });
  });

  it("create no source if nothing is stored", async () => {
    const bad: Sent = { code: "bad", unit: "1558" };
    expect((await send("dry", [{ code: "a" }], { dryRun: true })).data.importDossiers.report).toMatchObject({ created: 1 });
    expect((await send("partial", [bad], { partial: true })).data.importDossiers.report).toMatchObject({ created: 0, rejected: 1 });
    const refused = await send("refused", [{ code: "a" }, bad]);
    expect(refused.data.importDossiers.report).toMatchObject({
      isKept: false,
      problems: [{ row: 2, record: "bad", code: "UNIT_UNKNOWN" }],
    });
    for (const source of ["dry", "partial", "refused"]) expect(await sourcesNamed(source)).toBe(0);
    expect((await send("partial", [{ code: "a" }, bad], { partial: true })).data.importDossiers.report).toMatchObject({
      created: 1,
      rejected: 1,
    });
    expect(await sourcesNamed("partial")).toBe(1);
  });
});
