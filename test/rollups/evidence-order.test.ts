import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recount } from "../../src/counters/recount.service.ts";
import { startService, type TestService } from "../support/client.ts";
import { dossier, fillCatalogue, IMPORT, type ImportAnswer } from "../support/dossiers.ts";
import { issueKey } from "../support/key.ts";
import { NO_DIFFERENCES } from "../support/recount.ts";

/** What report 2 states of huyện Hạ Lang in 2022: 1,396 dossiers of its own, 31,125 of its communes. */
const [DISTRICT, COMMUNES] = [1396, 31_125];

let service: TestService;
let admin: string;

beforeAll(async () => {
  service = await startService();
  await fillCatalogue(service.database);
  admin = await issueKey(service.database, "Cao Bằng", { "04": "ADMIN" });
});
afterAll(() => service.close());

const send = async (unit: string, ...codes: string[]) => {
  const dossiers = codes.map((code) => dossier({ code, unit, receivedAt: "2022-03-03T08:00:00+07:00" }));
  const { data, errors } = await service.ask<ImportAnswer, object>(IMPORT, { source: "cao-bang", dossiers }, admin);
  expect(errors).toBeUndefined();
  expect(data.importDossiers.report.created).toBe(codes.length);
};

const declare = async (units: readonly string[]) => {
  const text = `mutation ($units: [ID!]!) { declareComplete(input: { kind: DOSSIERS, units: $units, since: "2022-01-01", through: "2022-12-31" }) { records { completeSince } } }`;
  expect((await service.ask(text, { units }, admin)).errors).toBeUndefined();
};

interface Told {
  readonly received: number | null;
  readonly incomplete: readonly string[];
  readonly coverage: { readonly unitsCovered: number; readonly unitsExpected: number };
  readonly sources: readonly { readonly kind: string }[];
  readonly reconciliation: readonly { readonly measure: string; readonly reported: number; readonly recorded: number }[];
}

const told = async (code: string, handledBy: string | null, asOf = "2022-12-31"): Promise<Told> => {
  const text = `query ($code: ID!, $asOf: Date!, $handledBy: Tier) { unit(code: $code, asOf: $asOf) { dossiers(period: "2022", handledBy: $handledBy) {
    received incomplete coverage { unitsCovered unitsExpected } sources { kind } reconciliation { measure reported recorded } } } }`;
  const { data, errors } = await service.ask<{ unit: { dossiers: Told } }, object>(text, { code, asOf, handledBy });
  expect(errors).toBeUndefined();
  return data.unit.dossiers;
};

const COMMUNES_OF_HA_LANG = ["01534", "01537", "01540"];

describe("the order of evidence", () => {
  it("incomplete records stand behind the figures that a report states, and both are shown", async () => {
    await send("048", "d-1", "d-2");
    expect(await told("048", "DISTRICT")).toMatchObject({ received: DISTRICT });
    const { reconciliation } = await told("048", "DISTRICT");
    expect(reconciliation).toContainEqual({ measure: "RECEIVED", reported: DISTRICT, recorded: 2 });
  });

  it("a district's statement about its communes counts, not the few records of one of them, which that commune shows", async () => {
    const [commune] = COMMUNES_OF_HA_LANG;
    await send(commune!, "c-1", "c-2", "c-3");
    expect((await told("048", "COMMUNE")).received).toBe(COMMUNES);
    expect(await told("04", "COMMUNE")).toMatchObject({ received: COMMUNES });
    expect(await told(commune!, null)).toMatchObject({ received: 3, coverage: { unitsCovered: 1, unitsExpected: 1 } });
    expect((await told(commune!, null)).incomplete).toContain("RECEIVED");
    expect((await told("04", null)).received).toBe(DISTRICT + COMMUNES);
    // Cao Bằng of 2026 holds all of it.
    expect((await told("04", null, "2026-11-20")).received).toBe(DISTRICT + COMMUNES);
  });

  it("complete records come before the unit's own figure, in its district and everywhere above", async () => {
    await declare(["048.2015"]);
    expect(await told("048", "DISTRICT")).toMatchObject({ received: 2, incomplete: [], sources: [{ kind: "RECORDS" }] });
    expect((await told("04", "DISTRICT")).received).toBe(2);
    expect((await told("04", null)).received).toBe(2 + COMMUNES);
    expect((await told("04", null, "2026-11-20")).received).toBe(2 + COMMUNES);
    await send("048", "d-3");
    expect((await told("04", "DISTRICT")).received).toBe(3);
  });

  it("a figure takes precedence again after completeness is withdrawn", async () => {
    const text = `mutation { withdrawCompleteness(input: { kind: DOSSIERS, units: ["048.2015"], from: "2022-01-01", reason: "one is missing" }) { records { kind } } }`;
    expect((await service.ask(text, {}, admin)).errors).toBeUndefined();
    expect(await told("048", "DISTRICT")).toMatchObject({ received: DISTRICT });
    expect((await told("04", null)).received).toBe(DISTRICT + COMMUNES);
    await declare(["048.2015"]);
    expect((await told("04", "DISTRICT")).received).toBe(3);
  });

  it("a statement of completeness leaves the stored roll-ups of other provinces and of earlier days as they are", async () => {
    const other = await issueKey(service.database, "Quảng Ninh", { "22": "ADMIN" });
    const say = async (bearer: string, units: readonly string[], since: string, through: string) => {
      const input = { kind: "DOSSIERS", units, since, through };
      const state = "mutation ($input: DeclareCompleteInput!) { declareComplete(input: $input) { records { kind } } }";
      expect((await service.ask(state, { input }, bearer)).errors).toBeUndefined();
      const take = "mutation ($input: WithdrawCompletenessInput!) { withdrawCompleteness(input: $input) { records { kind } } }";
      const withdrawn = { kind: "DOSSIERS", units, from: since, reason: "r" };
      expect((await service.ask(take, { input: withdrawn }, bearer)).errors).toBeUndefined();
    };
    const ask = async () => {
      await told("048", "DISTRICT");
      await told("04", null, "2026-11-20");
    };
    const stored = () =>
      service.database.orm.em
        .getConnection()
        .execute<{ id: number }[]>("select id from rollup_set where recorded and period_from = '2022-01-01' order by id");
    await ask();
    const before = await stored();
    expect(before.length).toBeGreaterThan(1);
    // Another province, and a later year.
    await say(other, ["22", "196"], "2022-01-01", "2022-12-31");
    await say(admin, ["048.2015"], "2023-01-01", "2023-06-30");
    await ask();
    expect(await stored()).toEqual(before);
    await say(admin, ["01534"], "2022-06-01", "2022-06-30");
    await ask();
    const after = await stored();
    expect(after).toHaveLength(before.length);
    for (const { id } of before) expect(after.map((one) => one.id)).not.toContain(id);
  });

  it("records of all communes take precedence over the district's statement about them", async () => {
    const { data } = await service.ask<{ unit: { children: { id: string }[] } }, object>(
      '{ unit(code: "048", asOf: "2022-12-31") { children { id } } }',
    );
    const communes = data.unit.children.map(({ id }) => id);
    await declare(communes.slice(1));
    expect((await told("048", "COMMUNE")).received).toBe(COMMUNES);
    await declare(communes);
    expect(await told("048", "COMMUNE")).toMatchObject({ received: 3, incomplete: [], coverage: { unitsCovered: communes.length } });
    expect((await told("04", null)).received).toBe(3 + 3);
    expect((await told("04", null, "2026-11-20")).received).toBe(3 + 3);
    expect((await recount(service.database.orm.em.fork(), null)).differences).toEqual(NO_DIFFERENCES);
  });
});
