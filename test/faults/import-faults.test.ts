import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { dossier, fillCatalogue, IMPORT, RETRACT } from "../support/dossiers.ts";
import { digestOf } from "../hierarchy/next-edition.ts";
import { expectRecounted } from "./importing.ts";
import { beforeRows, expectAnswer, expectUnavailable, type Faulty, READ, startFaulty } from "./faulty-service.ts";

const SOURCE = "new-system";
const CODES = ["a", "b", "c"];
const RECEIVED = '{ unit(code: "04") { dossiers(period: "2026-03") { received } } }';

let world: Faulty;
beforeEach(async () => {
  world = await startFaulty();
  onTestFinished(() => world.close());
  await fillCatalogue(world.database);
  await world.send(IMPORT, { source: "before", dossiers: [dossier({ code: "known" })] });
});

const send = () => world.send(IMPORT, { source: SOURCE, dossiers: CODES.map((code) => dossier({ code })) });
const retract = () => world.send(RETRACT, { source: SOURCE, codes: CODES });
const received = async () => (await world.send(RECEIVED)).body.data;

describe("a fault while dossiers are imported", () => {
  // Records and counters are written by then, and the note of the import is not.
  it.each([
    ["F26: a connection that dies", "perform pg_terminate_backend(pg_backend_pid()), pg_sleep(5)"],
    ["F26: a deadlock that goes on", "raise exception 'fault' using errcode = '40P01'"],
    ["F26: a lock that is not to be had", "raise exception 'fault' using errcode = '55P03'"],
    ["F32: a full disk", "raise exception 'fault' using errcode = '53100'"],
  ])("%s returns 503 and stores nothing, reads continue, and a retry succeeds", async (_, fault) => {
    expectAnswer(await world.send(READ));
    expect(await received()).toEqual({ unit: { dossiers: { received: 1 } } });
    const before = await digestOf(world.database);
    const mend = await beforeRows(world, "record_import", fault);
    expectUnavailable(await send());
    expectUnavailable(await send());
    expectAnswer(await world.send(READ));
    expect(await received()).toEqual({ unit: { dossiers: { received: 1 } } });
    expect(await digestOf(world.database)).toEqual(before);
    await mend();
    expect((await send()).body).toMatchObject({ data: { importDossiers: { report: { created: 3, unchanged: 0 } } } });
    expect(await received()).toEqual({ unit: { dossiers: { received: 4 } } });
    await expectRecounted(world.database);
  });

  it("F22: where the answer to a commit is lost, an import or a retraction that is sent again has its effect once", async () => {
    const lost = { kind: "NO_REPLY_TO", after: SOURCE, text: "commit" } as const;
    world.proxy.road = lost;
    expectUnavailable(await send());
    world.proxy.road = { kind: "OPEN" };
    expect((await send()).body).toMatchObject({ data: { importDossiers: { report: { created: 0, updated: 0, unchanged: 3 } } } });
    expect(await received()).toEqual({ unit: { dossiers: { received: 4 } } });
    world.proxy.road = lost;
    expectUnavailable(await retract());
    world.proxy.road = { kind: "OPEN" };
    expect((await retract()).body).toMatchObject({ data: { retractDossiers: { report: { isKept: false, rejected: 3 } } } });
    expect(await received()).toEqual({ unit: { dossiers: { received: 1 } } });
    await expectRecounted(world.database);
  });
});
