import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dossier, fillCatalogue, IMPORT, RETRACT } from "../support/dossiers.ts";
import { digestOf } from "../hierarchy/next-edition.ts";
import { expectRecounted } from "./importing.ts";
import { beforeRows, expectAnswer, expectUnavailable, type Faulty, READ, startFaulty } from "./faulty-service.ts";

const CODES = ["a", "b", "c"];
const RECEIVED = '{ unit(code: "04") { dossiers(period: "2026-03") { received } } }';

let faulty: Faulty;
beforeAll(async () => {
  faulty = await startFaulty();
  await fillCatalogue(faulty.database);
  await faulty.send(IMPORT, { source: "before", dossiers: [dossier({ code: "known" })] });
});
afterAll(() => faulty.close());

/** A system that sends three dossiers for the first time. */
const newSender = (source: string) => ({
  send: () => faulty.send(IMPORT, { source, dossiers: CODES.map((code) => dossier({ code })) }),
  retract: () => faulty.send(RETRACT, { source, codes: CODES }),
});
const received = async (): Promise<number> =>
  ((await faulty.send(RECEIVED)).body.data as unknown as { unit: { dossiers: { received: number } } }).unit.dossiers.received;

describe("a fault while dossiers are imported", () => {
  // Records and counters are written by then, and the note of the import is not.
  it.each([
    ["F26: a connection that dies", "perform pg_terminate_backend(pg_backend_pid()), pg_sleep(5)"],
    ["F26: a deadlock that goes on", "raise exception 'fault' using errcode = '40P01'"],
    ["F26: a lock that is not to be had", "raise exception 'fault' using errcode = '55P03'"],
    ["F32: a full disk", "raise exception 'fault' using errcode = '53100'"],
  ])("%s returns 503 and stores nothing, reads continue, and a retry succeeds", async (name, fault) => {
    const { send } = newSender(name.toLowerCase().replaceAll(/\W+/g, "-"));
    expectAnswer(await faulty.send(READ));
    const earlier = await received();
    expect(earlier).toBeGreaterThan(0);
    const before = await digestOf(faulty.database);
    const mend = await beforeRows(faulty, "record_import", fault);
    expectUnavailable(await send());
    expectUnavailable(await send());
    expectAnswer(await faulty.send(READ));
    expect(await received()).toBe(earlier);
    expect(await digestOf(faulty.database)).toEqual(before);
    await mend();
    expect((await send()).body).toMatchObject({ data: { importDossiers: { report: { created: 3, unchanged: 0 } } } });
    expect(await received()).toBe(earlier + 3);
    await expectRecounted(faulty.database);
  });

  it("F22: where the answer to a commit is lost, an import or a retraction that is sent again has its effect once", async () => {
    const { send, retract } = newSender("lost-reply");
    const earlier = await received();
    const lost = { kind: "NO_REPLY_TO", after: "lost-reply", text: "commit" } as const;
    faulty.proxy.road = lost;
    expectUnavailable(await send());
    faulty.proxy.road = { kind: "OPEN" };
    expect((await send()).body).toMatchObject({ data: { importDossiers: { report: { created: 0, updated: 0, unchanged: 3 } } } });
    expect(await received()).toBe(earlier + 3);
    faulty.proxy.road = lost;
    expectUnavailable(await retract());
    faulty.proxy.road = { kind: "OPEN" };
    expect((await retract()).body).toMatchObject({ data: { retractDossiers: { report: { isKept: false, rejected: 3 } } } });
    expect(await received()).toBe(earlier);
    await expectRecounted(faulty.database);
  });
});
