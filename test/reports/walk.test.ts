import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NOW, startService, type TestService } from "../support/client.ts";
import { issueKey } from "../support/key.ts";
import { PUBLISH, SUBMIT, type SubmitAnswer, WITHDRAW } from "../support/reports.ts";

const SEEN = `query ($id: ID!) {
  report(id: $id) { state title figures { value quote unit { fullName } } supersededBy { state } }
  reports(unit: "04") { nodes { id state } }
  published: unit(code: "04") { dossiers(period: "2026-Q1") { received sources { id state } } }
  all: unit(code: "04", evidence: ALL) {
    dossiers(period: "2026-Q1") { received sources { id state } }
    figures: children(tier: COMMUNE) { code figures(period: "2026-Q1") { value source { id state } } }
  }
  _entities(representations: [{ __typename: "Unit", code: "04" }]) { ... on Unit { dossiers(period: "2026-Q1") { received } } }
}`;

interface Seen {
  report: { state: string; figures: { value: number }[]; supersededBy: { state: string }[] } | null;
  reports: { nodes: { id: string; state: string }[] };
  published: { dossiers: Roll };
  all: { dossiers: Roll; figures: { code: string; figures: { value: number; source: { state: string } }[] }[] };
  _entities: { dossiers: { received: number | null } }[];
}
interface Roll {
  received: number | null;
  sources: { id: string; state: string }[];
}

/** A ward of Cao Bằng of today, its province, another province, and nobody, all through the public API. */
describe("the life of a report", () => {
  let service: TestService;
  const keys: Record<string, string | undefined> = {};
  let id = "";
  let correction = "";

  const ask = <T>(who: string, query: string, variables: object = {}) => service.ask<T, object>(query, variables, keys[who]);
  const submit = (who: string, value: number, more: object = {}) =>
    ask<SubmitAnswer>(who, SUBMIT, {
      input: {
        ...{ idempotencyKey: `walk-${value}`, title: "Báo cáo quý I năm 2026", unit: "01273", publishedOn: "2026-04-05" },
        figures: [{ measure: "dossier.received", value, period: "2026-Q1", scope: "COMMUNE", quote: `tiếp nhận ${value} hồ sơ` }],
        ...more,
      },
    });
  const change = async (who: string, mutation: string, report: string) => {
    const { data, errors } = await ask<Record<string, { report: { state: string } }>>(who, mutation, { id: report });
    return errors?.[0]?.extensions["code"] ?? Object.values(data)[0]!.report.state;
  };
  const publish = (who: string, report: string) => change(who, PUBLISH, report);
  const withdraw = (who: string, report: string) => change(who, WITHDRAW, report);

  /** What each of them sees of a report: its state, its numbers in the roll-up of the province, and in that with drafts. */
  const seen = async (report: string) =>
    Object.fromEntries(
      await Promise.all(
        Object.keys(keys).map(async (who) => {
          const { data, errors } = await ask<Seen>(who, SEEN, { id: report });
          expect(errors).toBeUndefined();
          expect(data._entities[0]!.dossiers.received).toBe(data.published.dossiers.received);
          expect(data.reports.nodes.find((node) => node.id === report)?.state ?? null).toBe(data.report?.state ?? null);
          const figures = data.all.figures.flatMap((child) => child.figures);
          expect(figures.map(({ value }) => value)).toEqual(data.all.dossiers.received === null ? [] : [data.all.dossiers.received]);
          return [who, [data.report?.state ?? null, data.published.dossiers.received, data.all.dossiers.received]];
        }),
      ),
    ) as Record<string, unknown[]>;

  beforeAll(async () => {
    let ticks = 0;
    service = await startService("SEEDED", { clock: () => new Date(NOW.getTime() + ++ticks) });
    keys["ward"] = await issueKey(service.database, "ward", { "01273": "OFFICER" });
    keys["province"] = await issueKey(service.database, "province", { "04": "ADMIN" });
    keys["other"] = await issueKey(service.database, "other", { "48": "ADMIN" });
    keys["nobody"] = undefined;
  });
  afterAll(() => service.close());

  it("begins as a draft, which its own ward and province see, and count when they ask for all evidence", async () => {
    const { data, errors } = await submit("ward", 120);
    expect(errors).toBeUndefined();
    id = data.submitReport.report!.id;
    expect(await seen(id)).toEqual({
      ward: ["DRAFT", null, 120],
      province: ["DRAFT", null, 120],
      other: [null, null, null],
      nobody: [null, null, null],
    });
  });

  it("is published by the province alone, and then counts for everybody", async () => {
    expect(await publish("nobody", id)).toBe("UNAUTHENTICATED");
    expect(await publish("ward", id)).toBe("FORBIDDEN");
    expect(await publish("other", id)).toBe("NOT_FOUND");
    expect(await publish("province", id)).toBe("PUBLISHED");
    expect(await publish("province", id)).toBe("PUBLISHED");
    const everybody = ["PUBLISHED", 120, 120];
    expect(await seen(id)).toEqual({ ward: everybody, province: everybody, other: everybody, nobody: everybody });
    const { data } = await ask<Seen>("nobody", SEEN, { id });
    expect(data.published.dossiers.sources).toEqual([{ id, state: "PUBLISHED" }]);
    expect(data.report).toMatchObject({ figures: [{ value: 120, quote: "tiếp nhận 120 hồ sơ", unit: { fullName: "Phường Thục Phán" } }] });
  });

  it("is corrected: the correction is a draft beside what is published, and takes its place when it is published", async () => {
    const empty = await submit("other", 121, { unit: "48", figures: [], supersedes: id });
    expect(empty.data.submitReport).toMatchObject({ report: null, problems: [{ code: "FIGURE_COUNT_INVALID" }] });
    const { data, errors } = await submit("ward", 125, { supersedes: id });
    expect(errors).toBeUndefined();
    correction = data.submitReport.report!.id;
    expect(await seen(correction)).toEqual({
      ward: ["DRAFT", 120, 125],
      province: ["DRAFT", 120, 125],
      other: [null, 120, 120],
      nobody: [null, 120, 120],
    });
    expect((await ask<Seen>("nobody", SEEN, { id })).data.report!.supersededBy).toEqual([]);
    expect((await ask<Seen>("ward", SEEN, { id })).data.report!.supersededBy).toEqual([{ state: "DRAFT" }]);
    expect(await publish("province", correction)).toBe("PUBLISHED");
    const everybody = ["PUBLISHED", 125, 125];
    expect(await seen(correction)).toEqual({ ward: everybody, province: everybody, other: everybody, nobody: everybody });
    expect(await seen(id)).toEqual({
      ward: ["SUPERSEDED", 125, 125],
      province: ["SUPERSEDED", 125, 125],
      other: [null, 125, 125],
      nobody: [null, 125, 125],
    });
  });

  it("is withdrawn by the province, and counts no more; nothing of it is gone for those who may see it", async () => {
    expect(await withdraw("nobody", correction)).toBe("UNAUTHENTICATED");
    expect(await withdraw("ward", correction)).toBe("FORBIDDEN");
    expect(await withdraw("other", correction)).toBe("FORBIDDEN");
    expect(await withdraw("province", correction)).toBe("WITHDRAWN");
    expect(await withdraw("province", correction)).toBe("CONFLICT");
    expect(await publish("province", correction)).toBe("CONFLICT");
    expect(await seen(correction)).toEqual({
      ward: ["WITHDRAWN", null, null],
      province: ["WITHDRAWN", null, null],
      other: [null, null, null],
      nobody: [null, null, null],
    });
    expect((await ask<Seen>("ward", SEEN, { id: correction })).data.report!.figures).toMatchObject([{ value: 125 }]);
  });

  it("is told by the audit trail, to those who administer its unit", async () => {
    const trail = '{ auditTrail(unit: "01273") { nodes { operation subject actorName unit { code } before after } } }';
    interface Trail {
      auditTrail: {
        nodes: { operation: string; subject: string; actorName: string; unit: { code: string }; before: unknown; after: unknown }[];
      };
    }
    const { data } = await ask<Trail>("province", trail);
    const reports = data.auditTrail.nodes.filter(({ subject }) => [id, correction].includes(subject));
    expect(reports.map(({ operation, subject, actorName }) => [operation, subject === id ? "first" : "second", actorName])).toEqual([
      ["withdrawReport", "second", "province"],
      ["publishReport", "second", "province"],
      ["submitReport", "second", "ward"],
      ["publishReport", "first", "province"],
      ["submitReport", "first", "ward"],
    ]);
    expect(reports[0]).toMatchObject({
      unit: { code: "01273" },
      before: { state: "PUBLISHED" },
      after: { state: "WITHDRAWN", reason: "nhập sai" },
    });
    for (const [who, code] of [
      ["ward", "FORBIDDEN"],
      ["other", "FORBIDDEN"],
      ["nobody", "UNAUTHENTICATED"],
    ] as const)
      expect((await ask<Trail>(who, trail)).errors?.[0]?.extensions["code"]).toBe(code);
  });
});
