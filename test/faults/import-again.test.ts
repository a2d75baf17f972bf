import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";
import { givenDossiers, type Sent } from "../support/dossiers.ts";
import { issueKey } from "../support/key.ts";
import { digestOf } from "../hierarchy/next-edition.ts";
import { countsOf, expectRecounted, patiently, type Sender, senderOf } from "./importing.ts";

const AT_ONCE = 10;
const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n + 1));

let service: TestService;
let officer: string;
beforeAll(async () => {
  service = await startService();
  officer = await givenDossiers(service);
});
afterAll(() => service.close());

const sender = (source: string, bearer = officer): Sender => senderOf(service, source, bearer);

/** All that is stored but for the notes that there was one more import. */
const stored = async () => {
  const { record_import: _imports, audit_entry: _entries, ...rest } = await digestOf(service.database);
  return rest;
};

const received = async (code: string): Promise<number> => (await countsOf(service, code, "2026-03")).received!;

/** A dossier that was resolved on the day of March 2026, in the words of that day. */
const resolvedOn = (code: string, day: number): Sent => {
  const at = `2026-03-${String(day).padStart(2, "0")}T10:00:00+07:00`;
  return { code, state: "RESOLVED", endedAt: at, updatedAt: at };
};

describe("a dossier that is sent again", () => {
  it("F22: with the same content changes nothing, whole or in part, and is reported as unchanged", async () => {
    const { send } = sender("again");
    const dossiers = times(30, (n) => (n % 2 === 0 ? { code: `again-${n}` } : resolvedOn(`again-${n}`, 9)));
    expect((await send(dossiers)).data.importDossiers.report).toMatchObject({ created: 30 });
    const before = await stored();
    expect((await send(dossiers)).data.importDossiers.report).toMatchObject({
      created: 0,
      updated: 0,
      unchanged: 30,
      stale: 0,
      rejected: 0,
    });
    expect((await send(dossiers.slice(7))).data.importDossiers.report).toMatchObject({ created: 0, updated: 0, unchanged: 23 });
    expect(await stored()).toEqual(before);
    await expectRecounted(service.database);
  });

  it("F23: from ten concurrent callers is stored once, created for one and unchanged for the others", async () => {
    const { send } = sender("at-once");
    const before = await received("04");
    const dossiers = times(30, (n) => resolvedOn(`at-once-${n}`, 9));
    const answers = await Promise.all(times(AT_ONCE, () => patiently(() => send(dossiers))));
    const reports = answers.map(({ data }) => [data.importDossiers.report.created, data.importDossiers.report.unchanged]);
    expect(reports.toSorted(([a], [b]) => b! - a!)).toEqual([[30, 0], ...times(AT_ONCE - 1, () => [0, 30])]);
    expect(await received("04")).toBe(before + 30);
    await expectRecounted(service.database);
  });

  it("F24: with other content of the same updatedAt is a CONFLICT, in sequence and from ten concurrent callers", async () => {
    const { send } = sender("torn");
    const words = times(AT_ONCE, (n) => ({ ...resolvedOn("torn", n + 3), updatedAt: "2026-10-01T08:00:00+07:00" }));
    const answers = await Promise.all(words.map((one) => patiently(() => send([one]))));
    const reports = answers.map(({ data }) => data.importDossiers.report);
    const first = reports.findIndex(({ isKept }) => isKept);
    expect(reports[first]).toMatchObject({ created: 1 });
    for (const report of reports.toSpliced(first, 1))
      expect(report).toMatchObject({ isKept: false, rejected: 1, problems: [{ row: 1, record: "torn", code: "CONFLICT" }] });
    expect((await send([words[first]!])).data.importDossiers.report).toMatchObject({ unchanged: 1 });
    const other = [{ ...words[first]!, digitised: true }, { code: "whole" }];
    expect((await send(other)).data.importDossiers.report.problems).toMatchObject([{ row: 1, field: "updatedAt", code: "CONFLICT" }]);
    expect((await send(other, { partial: true })).data.importDossiers.report).toMatchObject({ created: 1, rejected: 1 });
    await expectRecounted(service.database);
  });

  it("F25: under the same code by another system is another dossier, which neither system sees", async () => {
    const neighbour = await issueKey(service.database, "Hà Tĩnh", { "42": "OFFICER" });
    const [ours, theirs] = [sender("ours"), sender("theirs", neighbour)];
    const before = await received("VN");
    expect((await ours.send([{ code: "same" }])).data.importDossiers.report).toMatchObject({ created: 1 });
    const given = { ...resolvedOn("same", 9), unit: "18073", updatedAt: "2026-11-01T08:00:00+07:00" };
    const strange = await theirs.send([given, { ...given, code: "not-same" }]);
    expect(strange.data.importDossiers.report).toMatchObject({ created: 2, updated: 0, unchanged: 0, stale: 0, problems: [] });
    expect((await ours.send([{ code: "same" }])).data.importDossiers.report).toMatchObject({ unchanged: 1 });
    expect(await received("VN")).toBe(before + 3);
    const refusals = await Promise.all(["ours", "nobodys"].map((source) => sender(source, neighbour).retract(["same"])));
    expect(refusals.map(({ errors }) => errors![0]!.message.replace(/"\w+"/, ""))).toEqual(
      times(2, () => "source:  is not a source of a unit on which the caller has the role OFFICER"),
    );
    expect((await theirs.retract(["same"])).data).toMatchObject({ retractDossiers: { report: { updated: 1 } } });
    expect((await ours.send([{ code: "same" }])).data.importDossiers.report).toMatchObject({ unchanged: 1 });
    await expectRecounted(service.database);
  });

  it("F27: out of order, and from ten concurrent callers, ends with the latest update", async () => {
    const { send } = sender("order");
    const day = (n: number) => countsOf(service, "01558", `2026-03-${n}/2026-03-${n}`, { bearer: officer });
    const words = times(AT_ONCE, (n) => resolvedOn("order", n + 8));
    const shuffled = [...words.filter((_, n) => n % 3 === 1), ...words.filter((_, n) => n % 3 !== 1).toReversed()];
    const reports = (await Promise.all(shuffled.map((one) => patiently(() => send([one]))))).map(({ data }) => data.importDossiers.report);
    const total = (name: "created" | "updated" | "stale") => reports.reduce((sum, report) => sum + report[name], 0);
    expect([total("created"), total("created") + total("updated") + total("stale")]).toEqual([1, AT_ONCE]);
    expect((await send([words.at(-1)!])).data.importDossiers.report).toMatchObject({ unchanged: 1 });
    expect((await send([words.at(-2)!])).data.importDossiers.report).toMatchObject({ stale: 1 });
    expect([await day(AT_ONCE + 7), await day(AT_ONCE + 8)]).toMatchObject([{ resolved: 0 }, { resolved: 1 }]);
    await expectRecounted(service.database);
  });
});
