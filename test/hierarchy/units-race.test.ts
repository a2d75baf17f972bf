import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyUnits } from "../../src/administration/unit-apply.service.ts";
import { closeAgency, registerAgency } from "../../src/administration/agency-register.service.ts";
import { RequestContext } from "../../src/access/request-context.ts";
import { type Database, openDatabase } from "../../src/database/database.ts";
import { raiseHierarchyVersion } from "../../src/hierarchy/hierarchy.store.ts";
import { readNextUnits } from "../../src/hierarchy/unit-next.ts";
import { type RunningServer, startServer } from "../../src/server/server.ts";
import { NOW, startService, type TestService, UNBOUNDED } from "../support/client.ts";
import { PATIENT } from "../support/database.ts";
import { dossier, fillCatalogue, IMPORT, type ImportAnswer } from "../support/dossiers.ts";
import { issueKey } from "../support/key.ts";
import { post } from "../support/post.ts";
import { runs, seed } from "../support/property.ts";
import { viewerOf } from "../support/viewer.ts";
import { folderOf, nextEdition } from "./next-edition.ts";

const CHANGES = runs(6);
const SEED = seed(20_261_130);
const DAY = "2026-10-01";

/** Two services beside one database, each with the units in its own memory. */
let service: TestService;
let second: { readonly database: Database; readonly server: RunningServer };
let officer: string;
beforeAll(async () => {
  service = await startService();
  const database = await openDatabase({ databaseUrl: service.database.url, dataDir: "", ...PATIENT });
  second = { database, server: await startServer(() => database.pools, { host: "127.0.0.1", port: 0, clock: () => NOW, ...UNBOUNDED }) };
  await fillCatalogue(service.database);
  officer = await issueKey(service.database, "officer", { VN: "OFFICER" });
});
afterAll(async () => {
  await second.server.close();
  await second.database.close();
  await service.close();
});

const QUESTIONS = [
  `{ units(within: "04", asOf: "${DAY}", first: 200) { totalCount nodes { id code fullName validTo parent { fullName } } } }`,
  `{ unit(code: "04", asOf: "${DAY}") { fullName children { code fullName children(kinds: [DIVISION]) { code validTo parent { code } } ancestors { fullName } } } }`,
  `{ units(search: "phong, cao bang", asOf: "${DAY}") { edges { matchedName node { code fullName } } } unit(code: "01288") { validTo successors { unit { code } } } }`,
];

const asked = async ({ url }: RunningServer, query: string): Promise<string> => {
  const { data, errors } = (await post(url, { query })).body;
  expect(errors).toBeUndefined();
  return JSON.stringify(data);
};

/** Changes units: agencies that begin and end in any order, and an edition in the midst. */
const changes = async () => {
  const viewer = await viewerOf(service.database, "admin", { VN: "ADMIN" });
  const { path, remove } = await folderOf(nextEdition(DAY, "2026-11-01"));
  const files = await readNextUnits(path);
  await remove();
  const open: string[] = [];
  let drawn = SEED;
  const draw = (below: number) => (drawn = (drawn * 48_271) % 2_147_483_647) % below;
  const context = () => new RequestContext(service.database.pools, NOW, { viewer });
  const agency = async (n: number) => {
    if (open.length > 1 && draw(3) === 0) {
      const [id] = open.splice(draw(open.length), 1);
      await closeAgency(context(), { id: id!, lastDay: "2026-10-31", successor: null });
    } else {
      const unit = ["04", "01294", "01558"][draw(3)]!;
      open.push((await registerAgency(context(), { unit, kind: "DIVISION", name: `Phòng Số ${n}`, validFrom: "2026-09-25" })).id);
    }
  };
  return Array.from({ length: CHANGES }, (_, n) => async () => {
    if (n === Math.floor(CHANGES / 2)) await applyUnits(service.database.orm.em.fork(), files, "test", NOW);
    else await agency(n);
  });
};

describe("two services beside one database", () => {
  it("answer of the units after the last change before a question, or after a later one, and never of a mixture", async () => {
    const servers = [service.server, second.server];
    const truths = [await Promise.all(QUESTIONS.map((query) => asked(service.server, query)))];
    const got: { question: number; answer: string; since: number }[] = [];
    const over = new AbortController();
    const reader = async (n: number) => {
      for (let at = n; !over.signal.aborted; at++) {
        const question = at % QUESTIONS.length;
        const since = truths.length - 1;
        got.push({ question, since, answer: await asked(servers[n % 2]!, QUESTIONS[question]!) });
      }
    };
    const readers = [0, 1, 2, 3].map(reader);
    for (const change of await changes()) {
      await change();
      truths.push(await Promise.all(QUESTIONS.map((query) => asked(service.server, query))));
    }
    over.abort();
    await Promise.all(readers);
    expect(new Set(truths.map(String)).size).toBe(CHANGES + 1);
    for (const { question, since, answer } of got) expect(truths.slice(since).map((truth) => truth[question])).toContain(answer);
    expect(got.length).toBeGreaterThan(CHANGES);
  });

  it("store no record at a unit that a change took the code from while its import was worked out", async () => {
    const [one, other] = ["01558", "01561"];
    const holders = async () =>
      (
        await sql<{ code: string; no: number }>`
          select code, unit_id as no from unit_version where code in (${one}, ${other}) and valid_to is null`.execute(
          service.database.orm.em.fork().getKysely(),
        )
      ).rows;
    const before = new Map((await holders()).map(({ code, no }) => [code, no]));
    expect(before.size).toBe(2);
    const changing = service.database.orm.em.fork();
    await changing.begin();
    await sql`update unit_version set code = case code when ${one} then ${other} else ${one} end
      where code in (${one}, ${other}) and valid_to is null`.execute(changing.getKysely());
    await raiseHierarchyVersion(changing);
    const variables = {
      source: "system",
      owner: "VN",
      dossiers: [dossier({ code: "race", unit: one, receivedAt: "2026-10-05T08:00:00+07:00" })],
    };
    const importing = post(second.server.url, { query: IMPORT, variables }, { authorization: `Bearer ${officer}` });
    await waiter(service);
    await changing.commit();
    const { data, errors } = (await importing).body;
    expect(errors).toBeUndefined();
    expect((data as ImportAnswer).importDossiers.report).toMatchObject({ created: 1, isKept: true });
    const { rows } = await sql<{ no: number }>`select unit_id as no from dossier where code = 'race'`.execute(
      service.database.orm.em.fork().getKysely(),
    );
    expect(rows).toEqual([{ no: before.get(other) }]);
  });
});

/** Waits until a change waits for the units. */
const waiter = async ({ database }: TestService): Promise<void> => {
  for (;;) {
    const { rows } = await sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%hierarchy_version%'`.execute(
      database.orm.em.fork().getKysely(),
    );
    if (rows.length > 0) return;
    await new Promise((wake) => setTimeout(wake, 20));
  }
};
