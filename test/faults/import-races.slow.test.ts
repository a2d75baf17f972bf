import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyUnits } from "../../src/administration/unit-apply.service.ts";
import { readNextUnits } from "../../src/hierarchy/unit-next.ts";
import { randomOf } from "../../seeds/demo/random.ts";
import { NOW, startService, type TestService } from "../support/client.ts";
import { fillCatalogue, type Sent } from "../support/dossiers.ts";
import { issueKey } from "../support/key.ts";
import { folderOf, nextEdition } from "../hierarchy/next-edition.ts";
import { countsOf, expectRecounted, patiently, type Sender, senderOf } from "./importing.ts";
import { until } from "./faulty-service.ts";

const db = ({ database }: TestService) => database.orm.em.fork().getKysely();

const deadlocks = async (service: TestService): Promise<number> => {
  const { rows } = await sql<{ deadlocks: number }>`select deadlocks from pg_stat_database where datname = current_database()`.execute(
    db(service),
  );
  return rows[0]!.deadlocks;
};

type State = "PROCESSING" | "RESOLVED";

/** A source that sends, corrects and retracts its dossiers at random and records each turn in `states`. */
const writerOf = (name: string, { send, retract }: Sender, states: Map<string, State>): (() => Promise<void>) => {
  const random = randomOf(Number(name));
  const codes = new Set<string>();
  let turn = 0;
  const next = (code: string): Sent => {
    const state: State = random() < 0.5 ? "RESOLVED" : "PROCESSING";
    states.set(code, state);
    const updatedAt = new Date(NOW.getTime() - (1000 - turn) * 60_000).toISOString();
    const endedAt = state === "RESOLVED" ? `2026-03-${10 + Math.floor(random() * 20)}T08:00:00+07:00` : null;
    return { code, updatedAt, state, endedAt };
  };
  const takeBack = async (chosen: readonly string[]) => {
    expect((await patiently(() => retract(chosen))).data).toMatchObject({ retractDossiers: { report: { updated: chosen.length } } });
    for (const code of chosen) {
      states.delete(code);
      codes.delete(code);
    }
  };
  return async () => {
    turn++;
    const chosen = [...codes].filter(() => random() < 3 / codes.size);
    if (chosen.length > 0 && random() < 0.2) return takeBack(chosen);
    const added = chosen.length === 0 || random() < 0.5 ? [`${name}-${turn}-1`, `${name}-${turn}-2`] : [];
    for (const code of added) codes.add(code);
    const dossiers = [...chosen, ...added].map(next);
    const { data, errors } = await patiently(() => send(dossiers));
    expect(errors).toBeUndefined();
    expect(data.importDossiers.report).toMatchObject({ created: added.length, updated: chosen.length, unchanged: 0, stale: 0 });
  };
};

describe("concurrent imports", () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
    await fillCatalogue(service.database);
  });
  afterAll(() => service.close());

  it("F28: eight writers of one unit, two for each source, lose nothing, and its counters equal a recount whenever they pause", async () => {
    const [WRITERS, ROUNDS, TURNS] = [8, 2, 4];
    const officer = await issueKey(service.database, "Cao Bằng", { "04": "OFFICER" });
    const states = new Map<string, State>();
    const writers = Array.from({ length: WRITERS }, (_, n) =>
      writerOf(String(n), senderOf(service, `system-${n % (WRITERS / 2)}`, officer), states),
    );
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all(
        writers.map(async (write) => {
          for (let turn = 0; turn < TURNS; turn++) await write();
        }),
      );
      const resolved = [...states.values()].filter((state) => state === "RESOLVED").length;
      for (const code of ["01558", "04", "VN"])
        expect(await countsOf(service, code, "2026-03"), code).toMatchObject({
          ...{ received: states.size, resolved, inProcess: states.size - resolved },
        });
      await expectRecounted(service.database);
    }
    expect(await deadlocks(service)).toBe(0);
  });
});

describe("units that change while dossiers are imported", () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
    // Trees of older editions would only slow down each import.
    await sql`update edition set contributed = false where starts_on < '2026-09-20'`.execute(db(service));
    await fillCatalogue(service.database);
  });
  afterAll(() => service.close());

  it("F29: a commune that moves to another province takes its dossiers along, also those imported meanwhile", async () => {
    const country = await issueKey(service.database, "Việt Nam", { VN: "OFFICER" });
    // Communes of Cao Bằng: 01297 moves to Lạng Sơn, three of the others merge; Lạng Sơn itself has no records.
    const since = { "01297": "2026-10-15", "01558": "2026-10-15", "01279": "2026-08-15", "01288": "2026-08-15", "01290": "2026-08-15" };
    const sent = { "04": 0, "20": 0 };
    let isOver = false;
    const run = async (name: string): Promise<void> => {
      const { send } = senderOf(service, name, country);
      for (let n = 0, left = 3; left > 0; n++) {
        if (isOver) left--;
        const dossiers = Object.entries(since).map(([unit, day]): Sent => ({
          code: `${unit}-${n}`,
          unit,
          receivedAt: `${day}T08:00:00+07:00`,
        }));
        const { data, errors } = await patiently(() => send(dossiers));
        expect(errors).toBeUndefined();
        expect(data.importDossiers.report).toMatchObject({ created: dossiers.length });
        sent["04"] += dossiers.length - 1;
        sent["20"]++;
      }
    };
    const { path, remove } = await folderOf(nextEdition("2026-10-01", "2027-01-01"));
    const runs = ["one", "two"].map(run);
    await until(async () => sent["20"] > 0);
    const applied = await applyUnits(service.database.orm.em.fork(), await readNextUnits(path), "test", NOW);
    isOver = true;
    await Promise.all(runs);
    await remove();
    expect(sent["20"]).toBeGreaterThan(3 * runs.length);
    const total = sent["04"] + sent["20"];
    expect(await countsOf(service, "04", "2026")).toMatchObject({ received: sent["04"], inProcess: sent["04"] });
    expect(await countsOf(service, "20", "2026")).toMatchObject({ received: sent["20"], inProcess: sent["20"] });
    expect(await countsOf(service, "VN", "2026")).toMatchObject({ received: total });
    // As the provinces were until then.
    expect(await countsOf(service, "04", "2026", { asOf: "2026-09-30" })).toMatchObject({ received: total });
    expect((await countsOf(service, "20", "2026", { asOf: "2026-09-30" })).received).toBeNull();
    const { rows } = await sql<{
      id: number;
    }>`select id from edition where records_counted and starts_on >= '2026-09-20' order by id`.execute(db(service));
    expect(rows.map(({ id }) => id)).toEqual(applied.made);
    await expectRecounted(service.database);
    expect(await deadlocks(service)).toBe(0);
    // Who may write the commune's records has changed with it.
    const late: Sent = { code: "late", unit: "01297", receivedAt: "2026-11-15T08:00:00+07:00", updatedAt: "2026-11-16T08:00:00+07:00" };
    const [before, after] = [
      await issueKey(service.database, "Cao Bằng", { "04": "OFFICER" }),
      await issueKey(service.database, "Lạng Sơn", { "20": "OFFICER" }),
    ];
    expect((await senderOf(service, "cao-bang", before).send([late])).data.importDossiers.report.problems).toMatchObject([
      { code: "OUTSIDE_SCOPE" },
    ]);
    expect((await senderOf(service, "lang-son", after).send([late])).data.importDossiers.report).toMatchObject({ created: 1 });
    expect((await countsOf(service, "20", "2026", { bearer: after })).received).toBe(sent["20"] + 1);
  });
});
