import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProcedureRow } from "../../src/procedures/procedure-check.ts";
import { loadProcedures } from "../../src/procedures/procedure-load.service.ts";
import { carryToDossiers } from "../../src/dossiers/procedure-carry.store.ts";
import { expectRecounted, patiently, type Sender, senderOf } from "../faults/importing.ts";
import { until } from "../faults/faulty-service.ts";
import { NOW, startService, type TestService } from "../support/client.ts";
import type { Sent } from "../support/dossiers.ts";
import { issueKey } from "../support/key.ts";

const FIELDS: Readonly<Record<string, string>> = { "ho-tich": "Hộ tịch (đoán)", F1: "Hộ tịch", F2: "Chứng thực" };
const procedure = (code: string, field: string, more: Partial<ProcedureRow> = {}): ProcedureRow => ({
  ...{ code, name: `Thủ tục ${code}`, field, fieldName: FIELDS[field]!, competence: "COMMUNE", serviceLevel: "PARTIAL" },
  ...{ workingDays: 5, hasFee: false },
  ...more,
});
const [ONE, OTHER] = ["1.700001", "1.700002"] as const;

let service: TestService;
let officer: string;
let sender: Sender;
beforeAll(async () => {
  service = await startService();
  officer = await issueKey(service.database, "Cao Bằng", { "04": "OFFICER" });
  sender = senderOf(service, "cao-bang-igate", officer);
  await load(procedure(ONE, "ho-tich"), procedure(OTHER, "F2"));
});
afterAll(() => service.close());

const em = () => service.database.orm.em.fork();
const load = (...rows: ProcedureRow[]) =>
  loadProcedures(em(), rows, { actor: "command:test", actorName: "test", at: NOW }, carryToDossiers);
const rows = <T>(text: string) => service.database.orm.em.getConnection().execute<T[]>(text);

/** A dossier of March 2026, received online and resolved on the 20th where it is even. */
const sent = (code: string, n: number, more: Partial<Sent> = {}): Sent => ({
  ...{ code, procedure: n % 3 === 0 ? OTHER : ONE, channel: "ONLINE", paidOnline: n % 4 === 0 },
  ...(n % 2 === 0 && { state: "RESOLVED", endedAt: "2026-03-20T08:00:00+07:00" }),
  ...more,
});

interface Shown {
  readonly byField: Readonly<Record<string, number>>;
  /** Numerator and denominator by code of the criterion. */
  readonly quality: Readonly<Record<string, readonly [number | null, number | null]>>;
}

interface Asked {
  readonly unit: {
    readonly dossiers: {
      readonly byField: readonly { readonly field: { readonly code: string }; readonly counts: { readonly received: number } }[];
    };
    readonly serviceQuality: {
      readonly criteria: readonly {
        readonly code: string;
        readonly rate: { readonly numerator: number | null; readonly denominator: number | null };
      }[];
    };
  };
}

/** What everybody sees of March in Cao Bằng. */
const shown = async (): Promise<Shown> => {
  const { data, errors } = await service.ask<Asked, object>(`{ unit(code: "04") {
    dossiers(period: "2026-03") { byField { field { code } counts { received } } }
    serviceQuality(period: "2026-03") { criteria { code rate { numerator denominator } } } } }`);
  expect(errors).toBeUndefined();
  const { dossiers, serviceQuality } = data.unit;
  return {
    byField: Object.fromEntries(dossiers.byField.map(({ field, counts }) => [field.code, counts.received])),
    quality: Object.fromEntries(serviceQuality.criteria.map(({ code, rate }) => [code, [rate.numerator, rate.denominator]])),
  };
};

/** Dossiers that say something else than their procedure. */
const astray = async (): Promise<number> => {
  const [row] = await rows<{ astray: number }>(`select count(*)::int as astray from dossier d join procedure p on p.id = d.procedure_id
    where (d.field_id, d.has_fee, d.is_full) <> (p.field_id, p.has_fee, p.service_level = 'FULL')`);
  return row!.astray;
};

describe("a procedure that is corrected", () => {
  beforeAll(async () => {
    const dossiers = Array.from({ length: 12 }, (_, n) => sent(`d${n}`, n));
    expect((await sender.send(dossiers)).data.importDossiers.report).toMatchObject({ created: 12 });
  });

  it("moves its dossiers to another field, which everybody sees immediately", async () => {
    expect((await shown()).byField).toEqual({ "ho-tich": 8, F2: 4 });
    expect(await load(procedure(ONE, "F1"))).toEqual({ created: 0, updated: 1, unchanged: 0, dossiers: 8 });
    expect((await shown()).byField).toEqual({ F1: 8, F2: 4 });
    const { data } = await service.ask<{ dossiers: { totalCount: number } }, object>(
      '{ dossiers(filter: { within: "04", field: "F1" }) { totalCount } }',
      {},
      officer,
    );
    expect(data.dossiers.totalCount).toBe(8);
    await expectRecounted(service.database);
    const [entry] = await rows<{ after: object }>(
      "select after from audit_entry where operation = 'import procedures' order by at desc, id desc limit 1",
    );
    expect(entry!.after).toMatchObject({ updated: [{ code: ONE, field: "F1" }], dossiers: 8 });
  });

  it("may move together with others, also by exchanging fields", async () => {
    expect(await load(procedure(ONE, "F2"), procedure(OTHER, "F1"))).toMatchObject({ updated: 2, dossiers: 12 });
    expect((await shown()).byField).toEqual({ F1: 4, F2: 8 });
    expect(await load(procedure(ONE, "F1"), procedure(OTHER, "F2"))).toMatchObject({ updated: 2, dossiers: 12 });
    expect((await shown()).byField).toEqual({ F1: 8, F2: 4 });
    await expectRecounted(service.database);
  });

  it("counts past dossiers by its present fee and level", async () => {
    const before = (await shown()).quality;
    expect([before["3"], before["3.6"]]).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(await load(procedure(ONE, "F1", { serviceLevel: "FULL", hasFee: true }))).toMatchObject({ dossiers: 8 });
    const { quality } = await shown();
    expect([quality["3"], quality["3.6"]]).toEqual([
      [8, 8],
      [2, 8],
    ]);
    expect(await load(procedure(ONE, "F1", { serviceLevel: "INFORMATION" }))).toMatchObject({ dossiers: 8 });
    expect((await shown()).quality).toEqual(before);
    await expectRecounted(service.database);
  });

  it("leaves due days as they were promised, also where its name and limit change", async () => {
    const due = () => rows<{ code: string; due_on: string }>("select code, due_on, outcome from dossier order by code");
    const before = await due();
    expect(await load(procedure(ONE, "F1", { workingDays: 40, name: "Khác" }))).toMatchObject({ updated: 1, dossiers: 0 });
    expect(await due()).toEqual(before);
    // One that is sent again without a due day gets that of the limit of now.
    const again = sent("d2", 2, { updatedAt: "2026-11-02T08:00:00+07:00" });
    expect((await sender.send([again])).data.importDossiers.report).toMatchObject({ updated: 1 });
    expect((await due()).filter((row, n) => row.due_on !== before[n]!.due_on).map(({ code }) => code)).toEqual(["d2"]);
    await load(procedure(ONE, "F1"));
  });

  it("takes the name of its field from the latest row", async () => {
    expect(await load({ ...procedure(ONE, "F1"), fieldName: "Hộ tịch, quốc tịch" })).toMatchObject({ updated: 1, dossiers: 0 });
    expect(await rows("select name from procedure_field where code = 'F1'")).toEqual([{ name: "Hộ tịch, quốc tịch" }]);
    await load(procedure(ONE, "F1"));
  });

  it("is applied to a dossier that is sent again or retracted", async () => {
    await load(procedure(ONE, "ho-tich", { hasFee: true }));
    expect(
      (await sender.send([sent("d1", 1), sent("d4", 4, { updatedAt: "2026-11-03T08:00:00+07:00" })])).data.importDossiers.report,
    ).toMatchObject({
      ...{ unchanged: 1, updated: 1 },
    });
    expect((await sender.retract(["d5", "d7"])).data).toMatchObject({ retractDossiers: { report: { updated: 2 } } });
    expect((await shown()).byField).toEqual({ "ho-tich": 6, F2: 4 });
    expect(await astray()).toBe(0);
    await expectRecounted(service.database);
  });
});

/** Holds a lock of the database until it is let go. */
const holding = async (statement: string): Promise<{ letGo: () => Promise<void> }> => {
  const client = new Client({ connectionString: service.database.url });
  await client.connect();
  await client.query("begin");
  await client.query(statement);
  return {
    letGo: async () => {
      await client.query("rollback");
      await client.end();
    },
  };
};
const waiting = async (): Promise<number> =>
  (await rows("select from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())"))
    .length;

describe("a procedure that is corrected while dossiers come and go", () => {
  it("applies its present values to dossiers whose system read the earlier ones", async () => {
    await load(procedure(ONE, "F1"));
    // The import has read the catalogue when it comes to the lock of its source.
    const source = await holding("select pg_advisory_xact_lock(hashtext('cchc source'), id) from source where name = 'cao-bang-igate'");
    const sending = sender.send([sent("late", 1)]);
    await until(async () => (await waiting()) === 1);
    await load(procedure(ONE, "F2", { serviceLevel: "FULL", hasFee: true }));
    await source.letGo();
    expect((await sending).data.importDossiers.report).toMatchObject({ created: 1 });
    expect(await astray()).toBe(0);
    await expectRecounted(service.database);
  });

  it("waits for a retraction that has begun", async () => {
    const records = await holding("lock table record_unit in share mode");
    const retracting = sender.retract(["late"]);
    await until(async () => (await waiting()) === 1);
    let isLoaded = false;
    const loading = load(procedure(ONE, "F1")).finally(() => (isLoaded = true));
    await until(async () => isLoaded || (await waiting()) === 2);
    expect(isLoaded).toBe(false);
    await records.letGo();
    expect((await retracting).data).toMatchObject({ retractDossiers: { report: { updated: 1 } } });
    await loading;
    expect(await astray()).toBe(0);
    await expectRecounted(service.database);
  });

  it("leaves counters equal to a recount under many concurrent imports and retractions", async () => {
    const turns = { areOver: false };
    const writer = async (name: string): Promise<void> => {
      const { send, retract } = senderOf(service, `system-${name}`, officer);
      for (let n = 0; !turns.areOver; n++) {
        const code = `${name}-${n}`;
        await patiently(() => send([sent(`${code}-a`, n), sent(`${code}-b`, n + 1)]));
        await patiently(() => send([sent(`${code}-a`, n + 2, { updatedAt: "2026-11-02T08:00:00+07:00" })]));
        if (n % 3 === 0) await patiently(() => retract([`${code}-b`]));
      }
    };
    const writers = ["a", "b", "c"].map(writer);
    try {
      for (let turn = 0; turn < 30; turn++) {
        const [field, other] = [["F1", "F2", "ho-tich"][turn % 3]!, ["F2", "F1"][turn % 2]!];
        await load(
          procedure(ONE, field, { hasFee: turn % 2 === 0, serviceLevel: turn % 4 === 0 ? "FULL" : "PARTIAL" }),
          procedure(OTHER, other),
        );
        if (turn % 10 === 9) await expectRecounted(service.database);
      }
    } finally {
      turns.areOver = true;
    }
    await Promise.all(writers);
    expect(await astray()).toBe(0);
    await expectRecounted(service.database);
    const [left] = await rows<{ count: number }>("select count(*)::int as count from dossier");
    expect(left!.count).toBeGreaterThan(30);
    expect(await rows("select deadlocks from pg_stat_database where datname = current_database()")).toEqual([{ deadlocks: 0 }]);
  });
});
