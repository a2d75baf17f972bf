import { sql } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import { shareCounters } from "../../src/counters/count.store.ts";
import { readEnv } from "../../src/server/env.ts";
import { maintainTrees } from "../../src/server/running/maintain-trees.ts";
import { createLog } from "../../src/server/running/log.ts";
import { recount } from "../../src/counters/recount.service.ts";
import { startService, type TestService } from "../support/client.ts";
import { dossier, fillCatalogue, IMPORT, type ImportAnswer } from "../support/dossiers.ts";
import { issueKey } from "../support/key.ts";
import { NO_DIFFERENCES } from "../support/recount.ts";

let service: TestService;
let admin: string;

beforeAll(async () => {
  service = await startService();
  await fillCatalogue(service.database);
  admin = await issueKey(service.database, "Cao Bằng", { "04": "ADMIN" });
  const dossiers = [dossier({ code: "d-1", unit: "01558", receivedAt: "2026-03-03T08:00:00+07:00" })];
  const { data } = await service.ask<ImportAnswer, object>(IMPORT, { source: "cao-bang", dossiers }, admin);
  expect(data.importDossiers.report.created).toBe(1);
});
afterAll(() => service.close());

const em = () => service.database.orm.em.fork();
/** Editions in force or to come of which the counters are not added up. */
const unkept = async (): Promise<number> => {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from edition
    where not records_counted and starts_on >= (select max(starts_on) from edition where starts_on <= current_date)`.execute(
    em().getKysely(),
  );
  return rows[0]!.count;
};
const register = async (name: string): Promise<void> => {
  const agency = { unit: "04", kind: "DEPARTMENT", name, validFrom: "2026-01-01" };
  const { errors } = await service.ask(
    "mutation ($input: RegisterAgencyInput!) { registerAgency(input: $input) { agency { id } } }",
    { input: agency },
    admin,
  );
  expect(errors).toBeUndefined();
};
const received = async (period: string): Promise<number | null> => {
  const { data, errors } = await service.ask<{ unit: { dossiers: { received: number | null } } }, object>(
    'query ($period: Period!) { unit(code: "04") { dossiers(period: $period) { received } } }',
    { period },
    admin,
  );
  expect(errors).toBeUndefined();
  return data.unit.dossiers.received;
};

it("readers after a change of units neither wait for imports nor block them", async () => {
  expect(await unkept()).toBe(0);
  await register("Sở Một");
  expect(await unkept()).toBeGreaterThan(0);
  await em().transactional(async (importing) => {
    await shareCounters(importing);
    expect(await received("2026")).toBe(1);
    expect(await received("2026-03-02/2026-03-04")).toBe(1);
  });
  expect(await unkept()).toBeGreaterThan(0);
});

it("after a change of units, their counters are added up in the background", async () => {
  await register("Sở Hai");
  expect(await unkept()).toBeGreaterThan(0);
  const stopping = new AbortController();
  let text = "";
  const log = createLog(readEnv({}), { write: (line) => void (text += line) });
  const keeping = maintainTrees(service.database.pools, log, stopping.signal);
  while ((await unkept()) > 0) await new Promise((wake) => setTimeout(wake, 20));
  stopping.abort();
  await keeping;
  expect(text).toBe("");
  expect(await received("2026")).toBe(1);
  expect((await recount(em(), null)).differences).toEqual(NO_DIFFERENCES);
});
