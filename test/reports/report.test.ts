import type { GraphQLSchema } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Viewer } from "../../src/access/viewer.ts";
import { createSubgraph } from "../../src/federation/subgraph.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { askAs, viewerOf } from "../support/viewer.ts";

const SUBMIT = "mutation ($input: ReportInput!, $key: String!) { submitReport(input: $input, idempotencyKey: $key) { id state } }";
const figure = (measure: string, value: number, more: object = {}) => ({
  measure,
  value,
  period: "2024",
  scope: "COMMUNE",
  quote: "q",
  ...more,
});
const input = (figures: object[], more: object = {}) => ({ title: "Báo cáo", unit: "01273", figures, ...more });

describe("a report by API", () => {
  let database: TestDatabase;
  let schema: GraphQLSchema;
  let officer: Viewer;
  let admin: Viewer;
  let other: Viewer;
  const ask = <T>(viewer: Viewer | null, query: string, variables: Record<string, unknown> = {}) =>
    askAs<T>(schema, database, viewer, query, variables);
  const submit = (viewer: Viewer | null, body: object, key: string) =>
    ask<{ submitReport: { id: string; state: string } }>(viewer, SUBMIT, { input: body, key });
  const received = async (viewer: Viewer | null, evidence: string) => {
    const { data, errors } = await ask<{ unit: { dossiers: { received: number | null; sources: { id: string; state: string }[] } } }>(
      viewer,
      `{ unit(code: "04", asOf: "2024-12-31", evidence: ${evidence}) { children(tier: DISTRICT) { code } dossiers(period: "2024") { received sources { id state } } } }`,
    );
    expect(errors).toBeUndefined();
    return data.unit.dossiers;
  };

  beforeAll(async () => {
    database = await createDatabase();
    ({ schema } = await createSubgraph());
    officer = await viewerOf(database, "officer", { "04": "OFFICER" });
    admin = await viewerOf(database, "admin", { "04": "ADMIN" });
    other = await viewerOf(database, "other", { "48": "ADMIN" });
  });
  afterAll(() => database.close());

  it("lives", async () => {
    const made = await submit(officer, input([figure("dossier.received", 10)]), "k1");
    expect(made.errors).toBeUndefined();
    const { id, state } = made.data.submitReport;
    expect(state).toBe("DRAFT");
    expect(await submit(officer, input([figure("dossier.received", 10)]), "k1")).toEqual(made);
    expect((await submit(officer, input([figure("dossier.received", 11)]), "k1")).errors?.[0]?.extensions["code"]).toBe("CONFLICT");
    expect(await received(null, "ALL")).toEqual({ received: null, sources: [] });
    expect(await received(other, "ALL")).toEqual({ received: null, sources: [] });
    expect(await received(officer, "PUBLISHED")).toEqual({ received: null, sources: [] });
    expect(await received(officer, "ALL")).toEqual({ received: 10, sources: [{ id, state: "DRAFT" }] });
    const publish = "mutation ($id: ID!) { publishReport(id: $id) { state supersedes { state } } }";
    for (const [viewer, code] of [
      [null, "UNAUTHENTICATED"],
      [officer, "FORBIDDEN"],
      [other, "NOT_FOUND"],
    ] as const)
      expect((await ask(viewer, publish, { id })).errors?.[0]?.extensions["code"]).toBe(code);
    expect((await ask(admin, publish, { id })).data).toEqual({ publishReport: { state: "PUBLISHED", supersedes: null } });
    expect(await received(null, "PUBLISHED")).toEqual({ received: 10, sources: [{ id, state: "PUBLISHED" }] });
    const corrected = await submit(officer, input([figure("dossier.received", 12)], { supersedes: id }), "k2");
    expect(corrected.errors).toBeUndefined();
    const second = corrected.data.submitReport.id;
    expect((await received(officer, "ALL")).received).toBe(12);
    expect((await received(officer, "PUBLISHED")).received).toBe(10);
    expect((await ask(admin, publish, { id: second })).data).toEqual({
      publishReport: { state: "PUBLISHED", supersedes: { state: "SUPERSEDED" } },
    });
    expect((await received(null, "PUBLISHED")).received).toBe(12);
    const withdrawn = await ask(admin, 'mutation ($id: ID!) { withdrawReport(id: $id, reason: "sai") { state reason } }', { id: second });
    expect(withdrawn.data).toEqual({ withdrawReport: { state: "WITHDRAWN", reason: "sai" } });
    expect(await received(null, "PUBLISHED")).toEqual({ received: null, sources: [] });
    const list =
      '{ reports(unit: "04") { totalCount nodes { state unit { fullName } figures { measure value unit { code } } supersededBy { state } } } }';
    console.log(JSON.stringify(await ask(admin, list), null, 1));
    console.log(JSON.stringify(await ask(null, list)));
  });

  it("names every contradiction", async () => {
    const { errors } = await submit(
      officer,
      input([
        figure("dossier.received", 10),
        figure("dossier.received-online", 11),
        figure("dossier.resolved", 5),
        figure("dossier.resolved-early", 6),
        figure("task.total", 1, { scope: null }),
        figure("dossier.received", 12),
        figure("x.y", 1),
        figure("task.total", 1.5, { period: "2023" }),
        figure("dossier.on-time-rate", 95),
      ]),
      "k3",
    );
    console.log(JSON.stringify(errors, null, 1));
  });
});
