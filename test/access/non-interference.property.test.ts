import fc from "fast-check";
import { sql } from "kysely";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dossierIdOf } from "../../src/dossiers/dossier-id.ts";
import { subgraph } from "../../src/graphql/schema/subgraph.ts";
import { startService, type TestService } from "../support/client.ts";
import type { TestDatabase } from "../support/database.ts";
import { dossier, fillCatalogue, IMPORT, type ImportAnswer } from "../support/dossiers.ts";
import { issueKey } from "../support/key.ts";
import { type Draw, drawOperation, type Operation, type Values, valuesOf } from "../support/operations.ts";
import { PUBLISH, SUBMIT, WITHDRAW } from "../support/reports.ts";
import { END_ON_FAILURE, runs, seed } from "../support/property.ts";

const RUNS = runs(50);
const SEED = seed(20_261_124);

const FREE = { rateAddress: 0, rateKey: 0 } as const;

interface Sent {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

/** Two databases that differ only in data hidden from Đà Nẵng and from callers without a key: unpublished and withdrawn reports of Cao Bằng. */
describe("data outside the caller's scope", () => {
  let base: TestDatabase;
  let services: readonly [TestService, TestService];
  let callers: readonly (string | undefined)[];
  let values: Values;
  let schema: Awaited<ReturnType<typeof subgraph>>["schema"];
  const hidden: string[] = [];
  const codes: string[] = [];
  const dossierIds: string[] = [];

  const made = async (service: TestService, key: string, query: string, variables: object): Promise<string> => {
    const { data, errors } = await service.ask<object, object>(query, variables, key);
    expect(errors).toBeUndefined();
    return (Object.values(data)[0] as { report: { id: string } }).report.id;
  };
  const report = (unit: string, n: number, more: object = {}) => ({
    ...{ title: `Báo cáo ${n}`, unit },
    figures: ["2022", "2024", "2021"].map((period) => ({ measure: "dossier.received", value: n, period, quote: "q" })),
    ...more,
  });

  /**
   * Dossiers of Cao Bằng that count alike for everybody: as many in the same unit, half-month, channel and field, of as many working days. Their
   * codes, days and procedures are other ones.
   */
  const hideDossiers = async (service: TestService, admin: string, world: number): Promise<void> => {
    const days = [
      ["03", "05"],
      ["10", "12"],
    ][world]!;
    const dossiers = [0, 1, 2, 3].map((n) =>
      dossier({
        ...{ code: `hidden-${world}-${n}`, procedure: "1.000003", state: "RESOLVED" },
        ...{ receivedAt: `2026-03-${days[0]}T08:0${n}:00+07:00`, endedAt: `2026-03-${days[1]}T08:0${n}:00+07:00` },
      }),
    );
    const { errors } = await service.ask(IMPORT, { source: "cao-bang", dossiers }, admin);
    expect(errors).toBeUndefined();
    codes.push(...dossiers.map(({ code }) => code!));
    const kysely = service.database.orm.em.fork().getKysely();
    const { rows } = await sql<{ sourceNo: number }>`select id as "sourceNo" from source where name = 'cao-bang'`.execute(kysely);
    dossierIds.push(...dossiers.map(({ code }) => dossierIdOf({ sourceNo: rows[0]!.sourceNo, code: code! })));
  };

  /** Reports of Cao Bằng in all their states but published ones, some keys, and the audit of all that. */
  const hide = async (service: TestService, admin: string, count: number): Promise<void> => {
    for (let n = 1; n <= count; n++) {
      const unit = ["04", "048", "01273"][n % 3]!;
      const period = unit === "04" ? "2026" : "2024";
      const input = { ...report(unit, n), figures: [{ measure: "dossier.received", value: n, period, quote: "q" }] };
      const id = await made(service, admin, SUBMIT, { input: { ...input, idempotencyKey: `hidden-${n}` } });
      hidden.push(id);
      if (n % 4 === 1) await made(service, admin, WITHDRAW, { id });
      if (n % 4 === 2)
        hidden.push(await made(service, admin, SUBMIT, { input: { ...input, supersedes: id, idempotencyKey: `again-${n}` } }));
      if (n % 4 === 3) {
        await made(service, admin, PUBLISH, { id });
        await made(service, admin, WITHDRAW, { id });
      }
    }
    for (let n = 0; n < count % 3; n++) await issueKey(service.database, `hidden ${n}`, { "04": "VIEWER" });
  };

  beforeAll(async () => {
    ({ schema } = await subgraph());
    const first = await startService("SEEDED", FREE);
    const adminOfCaoBang = await issueKey(first.database, "Cao Bằng", { "04": "ADMIN" });
    const adminOfDaNang = await issueKey(first.database, "Đà Nẵng", { "48": "ADMIN" });
    callers = [undefined, await issueKey(first.database, "Đà Nẵng viewer", { "48": "VIEWER" }), adminOfDaNang];
    const shared: string[] = [];
    for (let n = 1; n <= 3; n++)
      shared.push(await made(first, adminOfDaNang, SUBMIT, { input: { ...report("48", n), idempotencyKey: `shared-${n}` } }));
    await made(first, adminOfDaNang, PUBLISH, { id: shared[0]! });
    shared.push(await made(first, adminOfCaoBang, SUBMIT, { input: { ...report("04", 7), idempotencyKey: "published" } }));
    await made(first, adminOfCaoBang, PUBLISH, { id: shared[3]! });
    await fillCatalogue(first.database);
    const seen = ["seen-1", "seen-2"].map((code) => dossier({ code, unit: "20194" }));
    expect((await first.ask(IMPORT, { source: "da-nang", dossiers: seen }, adminOfDaNang)).errors).toBeUndefined();
    // Which sources there are is for everybody to see.
    expect(
      (await first.ask(IMPORT, { source: "cao-bang", dossiers: [dossier({ code: "hidden" })] }, adminOfCaoBang)).errors,
    ).toBeUndefined();
    codes.push("hidden");
    await first.server.close();
    base = first.database;
    await base.disconnect();
    services = [await startService(base, FREE), await startService(base, FREE)];
    await hide(services[0], adminOfCaoBang, 9);
    await hide(services[1], adminOfCaoBang, 4);
    for (const [world, service] of services.entries()) await hideDossiers(service, adminOfCaoBang, world);
    values = valuesOf([...shared, ...hidden, ...codes, ...dossierIds, "seen-1", "cao-bang", "da-nang", "HT"]);
  });
  afterAll(async () => {
    for (const service of services) await service.close();
    await base.close();
  });

  const send = async ({ server }: TestService, { query, variables }: Operation, bearer: string | undefined): Promise<Sent> => {
    const response = await fetch(server.url, {
      method: "POST",
      headers: {
        ...{ "content-type": "application/json", "x-request-id": "the-same" },
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
    const headers = JSON.stringify([...response.headers].filter(([name]) => name !== "date"));
    return { status: response.status, headers, body: await response.text() };
  };

  /**
   * If two fields fail at once and leave no data, the answer contains the error of the first one, which depends on time alone. So some repeated
   * answers are compared, of which two must be equal; hidden data would change all of them.
   */
  const expectSameAtTimes = async (operation: Operation, bearer: string | undefined): Promise<void> => {
    const answers: [Sent[], Sent[]] = [[], []];
    for (let n = 0; n < 10; n++)
      for (const [side, service] of services.entries()) answers[side]!.push(await send(service, operation, bearer));
    const both = answers[0].find((one) => answers[1].some((two) => isDeepStrictEqual(one, two)));
    if (!both?.body.includes('"data":null')) expect(answers[0][0]).toEqual(answers[1][0]);
  };

  /** Changes that would succeed are left out: they would make the two differ. */
  const asked = (draw: Draw): { operation: Operation; bearer: string | undefined } => {
    const operation = drawOperation(draw, schema, values);
    const bearer = callers[draw(fc.integer, { min: 0, max: operation.query.startsWith("mutation") ? 1 : callers.length - 1 })];
    return { operation, bearer };
  };

  it(`changes no byte of any answer, in ${RUNS} random operations`, async () => {
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(fc.gen().map(asked), async ({ operation, bearer }) => {
        const [one, two] = await Promise.all([send(services[0], operation, bearer), send(services[1], operation, bearer)]);
        if (!isDeepStrictEqual(one, two)) await expectSameAtTimes(operation, bearer);
        if (one.body.includes('"data":{')) answered++;
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: END_ON_FAILURE },
    );
    // Operations that are all refused would prove nothing.
    expect(answered).toBeGreaterThan(RUNS / 8);
  });

  it("cannot be changed either: its ids are answered like ids that do not exist", async () => {
    const none = "00000000-0000-4000-8000-000000000000";
    const correction = (id: string) => ({ ...report("48", 1), idempotencyKey: "x", supersedes: id });
    for (const id of hidden)
      for (const [query, variables] of [
        [PUBLISH, (named: string) => ({ id: named })],
        [WITHDRAW, (named: string) => ({ id: named })],
        [SUBMIT, (named: string) => ({ input: correction(named) })],
        ["query ($id: ID!) { report(id: $id) { id } }", (named: string) => ({ id: named })],
      ] as const)
        for (const service of services) {
          const [found, absent] = [
            await send(service, { query, variables: variables(id) }, callers[2]),
            await send(service, { query, variables: variables(none) }, callers[2]),
          ];
          expect(found.status).toBe(absent.status);
          expect(found.body.replaceAll(id, none)).toBe(absent.body);
        }
  });

  it("of dossiers reveals neither codes, counts nor cursors, and reserves neither codes nor names of sources", async () => {
    const questions = [
      ...codes.map((code) => `{ dossier(code: "${code}") { code } }`),
      ...dossierIds.map((id) => `{ _entities(representations: [{ __typename: "Dossier", id: "${id}" }]) { ... on Dossier { id code } } }`),
      ...["04", "VN", "01558"].map(
        (unit) =>
          `{ dossiers(filter: { within: "${unit}" }) { totalCount nodes { code } edges { cursor } pageInfo { endCursor hasNextPage } } }`,
      ),
      '{ unit(code: "01558") { dossiers(period: "2026-03-03/2026-03-09") { received inProcess } } }',
      '{ unit(code: "01558") { dossiers(period: "2026-03") { byField { field { code } } } } }',
      '{ unit(code: "01558") { form06(period: "2026-03") { total { toHandle } } } }',
    ];
    for (const query of questions)
      for (const bearer of callers) {
        const [one, two] = await Promise.all(services.map((service) => send(service, { query, variables: {} }, bearer)));
        expect(one, query).toEqual(two);
      }
    for (const [n, code] of codes.entries()) {
      const variables = { source: "da-nang-2", dossiers: [dossier({ code, unit: "20194" })], dryRun: true };
      const answers = await Promise.all(services.map((service) => service.ask<ImportAnswer, object>(IMPORT, variables, callers[2])));
      for (const { data } of answers) expect(data.importDossiers.report, `code ${n}`).toMatchObject({ created: 1, rejected: 0 });
      // The name of another unit's system is free to be one of theirs.
      const taken = await Promise.all(
        services.map((service) => service.ask<ImportAnswer, object>(IMPORT, { ...variables, source: "cao-bang" }, callers[2])),
      );
      for (const { data } of taken) expect(data.importDossiers.report, `code ${n}`).toMatchObject({ created: 1, rejected: 0 });
    }
  });

  it("changes the same answers for a caller whose scope covers it", async () => {
    const key = await Promise.all(services.map(({ database }) => issueKey(database, "Cao Bằng viewer", { "04": "VIEWER" })));
    for (const query of [
      '{ reports(unit: "04") { totalCount } unit(code: "04", evidence: ALL) { dossiers(period: "2024") { received } } }',
      `{ _entities(representations: [{ __typename: "Dossier", id: "${dossierIds[0]}" }]) { ... on Dossier { code } } }`,
      `{ _entities(representations: [{ __typename: "Report", id: "${hidden[0]}" }]) { ... on Report { title } } }`,
    ]) {
      const [one, two] = await Promise.all(services.map((service, n) => send(service, { query, variables: {} }, key[n])));
      expect(one!.status).toBe(200);
      expect(one!.body).not.toBe(two!.body);
    }
  });
});
