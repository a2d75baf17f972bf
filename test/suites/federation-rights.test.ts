import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dossier, fillCatalogue, IMPORT } from "../support/dossiers.ts";
import { issueKey } from "../support/key.ts";
import { ROUTERS, startWholeGraph, type WholeGraph } from "./federation/graph.ts";
import { SUBMIT, type SubmitAnswer } from "../support/reports.ts";

let graph: WholeGraph;
const keys: Record<string, string | undefined> = {};
const ids = { dossier: "", report: "" };

beforeAll(async () => {
  graph = await startWholeGraph();
  const { service } = graph;
  const { database } = service;
  await fillCatalogue(database);
  keys["officer"] = await issueKey(database, "officer", { "04": "OFFICER" });
  keys["viewer"] = await issueKey(database, "viewer", { "01558": "VIEWER" });
  keys["stranger"] = await issueKey(database, "stranger", { "48": "VIEWER" });
  const sent = { source: "cao-bang", dossiers: [dossier({ code: "H14.1" })], partial: false, dryRun: false };
  expect((await service.ask<object, object>(IMPORT, sent, keys["officer"])).errors).toBeUndefined();
  const seen = await service.ask<{ dossier: { id: string } }, object>('{ dossier(code: "H14.1") { id } }', {}, keys["officer"]);
  ids.dossier = seen.data.dossier.id;
  const input = {
    idempotencyKey: "draft",
    title: "Nháp",
    unit: "01558",
    figures: [{ measure: "dossier.received", value: 1, period: "2026-Q1", quote: "q" }],
  };
  ids.report = (await service.ask<SubmitAnswer, object>(SUBMIT, { input }, keys["officer"])).data.submitReport.report!.id;
});
afterAll(() => graph.close());

describe.each(ROUTERS)("protected objects, by %s", (name) => {
  const ask = (query: string, variables: object, who: string) => graph.routers[name].ask(query, variables, keys[who]);

  const COMPLAINT =
    "query ($id: ID!) { complaint(dossier: $id) { text dossier { id code state unit { fullName } procedure { code name popularity } satisfaction } } }";
  const CITATION = "query ($id: ID!) { citation(report: $id) { page report { id title state readers } } }";

  it("include a dossier that another graph refers to: its VIEWERs see it, and for others it does not exist", async () => {
    expect(await ask(COMPLAINT, { id: ids.dossier }, "viewer")).toMatchObject({
      data: {
        complaint: {
          text: "Late",
          dossier: {
            ...{ id: ids.dossier, code: "H14.1", state: "PROCESSING", unit: { fullName: "Xã Hạ Lang" } },
            ...{ procedure: { code: "1.000001", name: "Birth", popularity: "of 1.000001" }, satisfaction: `of ${ids.dossier}` },
          },
        },
      },
    });
    const unknown = Buffer.from("1:no such dossier").toString("base64url");
    for (const who of ["stranger", "nobody"]) {
      const hidden = await ask(COMPLAINT, { id: ids.dossier }, who);
      expect(hidden.data).toEqual({ complaint: { text: "Late", dossier: null } });
      expect(hidden).toEqual(await ask(COMPLAINT, { id: unknown }, who));
    }
  });

  it("include a dossier of ours that another graph extends", async () => {
    const query = '{ dossier(code: "H14.1") { id satisfaction } }';
    expect(await ask(query, {}, "viewer")).toEqual({ data: { dossier: { id: ids.dossier, satisfaction: `of ${ids.dossier}` } } });
    expect(await ask(query, {}, "stranger")).toEqual({ data: { dossier: null } });
    const refused = await ask(query, {}, "nobody");
    expect(refused.data).toEqual({ dossier: null });
    expect(refused.errors).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
  });

  it.each([
    ["a mutation", 'mutation { revokeAccessKey(input: { id: "0123456789abcdef" }) { accessKey { id } } }'],
    ["a query of what is never null", '{ accessKeys(unit: "48") { id } }'],
    ["a query of what may be null", '{ auditTrail(unit: "48") { nodes { id } } }'],
  ])("is refused by our words, in %s", async (_, query) => {
    for (const [who, code, message] of [
      ["nobody", "UNAUTHENTICATED", "This needs a key or token with the role ADMIN, sent as Authorization: Bearer"],
      ["viewer", "FORBIDDEN", "This needs the role ADMIN"],
    ] as const) {
      const { errors } = await ask(query, {}, who);
      expect(errors).toHaveLength(1);
      expect(errors).toMatchObject([{ message, extensions: { code } }]);
    }
  });

  it("include a draft that another graph cites", async () => {
    expect(await ask(CITATION, { id: ids.report }, "viewer")).toMatchObject({
      data: { citation: { page: 1, report: { id: ids.report, title: "Nháp", state: "DRAFT", readers: `of ${ids.report}` } } },
    });
    for (const who of ["stranger", "nobody"]) {
      const hidden = await ask(CITATION, { id: ids.report }, who);
      expect(hidden.data).toEqual({ citation: { page: 1, report: null } });
      expect(hidden).toEqual(await ask(CITATION, { id: "no such report" }, who));
    }
  });

  it("is no procedure: these everybody sees", async () => {
    const query = "query ($code: ID!) { guide(procedure: $code) { title procedure { code name competence popularity } } }";
    expect(await ask(query, { code: "1.000002" }, "nobody")).toEqual({
      data: { guide: { title: "How to", procedure: { code: "1.000002", name: "Copy", competence: "COMMUNE", popularity: "of 1.000002" } } },
    });
  });
});
