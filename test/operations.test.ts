import { readdir, readFile } from "node:fs/promises";
import { Kind, type OperationDefinitionNode, parse } from "graphql";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDemoCycles } from "../seeds/demo/cycles.ts";
import { readDemoInput } from "../seeds/demo/dossiers.ts";
import { DEMO_PROVINCES } from "../seeds/demo/provinces.ts";
import { demoTasks } from "../seeds/demo/tasks.ts";
import { importTaskFile } from "../src/tasks/import/task-file.service.ts";
import * as generated from "./generated/operations.ts";
import { NOW, startService, type TestService } from "./support/client.ts";
import { issueKey } from "./support/key.ts";

const FOLDER = new URL("../schema/operations/", import.meta.url);
const files = (await readdir(FOLDER)).toSorted();
const texts = await Promise.all(files.map((file) => readFile(new URL(file, FOLDER), "utf8")));

const operationsOf = (text: string): OperationDefinitionNode[] =>
  parse(text).definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);

describe("the example operations", () => {
  let service: TestService;
  let viewer: string;
  beforeAll(async () => {
    service = await startService();
    viewer = await issueKey(service.database, "Quảng Ninh", { "22": "VIEWER" });
    const [world, province] = [await readDemoInput(), DEMO_PROVINCES.find(({ codes }) => codes.includes("22"))!];
    await importTaskFile(service.database, Readable.from(demoTasks(world, province, 0.05)), {
      ...{ source: province.source, partial: false, dryRun: false, complete: null, onProblem: () => {} },
      by: { actor: "test", actorName: "test", at: NOW },
    });
    await openDemoCycles(service.database, "2025-12-31", () => {}, 0.1);
  });
  afterAll(() => service.close());

  it.each(files.map((file, n) => ({ file, text: texts[n]! })))(
    "$file runs unchanged and returns what its comment says",
    async ({ file, text }) => {
      expect(text).toMatch(/^# .*[ạảãáàăâđêôơư]/);
      const operations = operationsOf(text);
      expect(operations).toHaveLength(1);
      const words = file.replace(/^\d\d-|\.graphql$/g, "").replaceAll("-", "");
      expect(operations[0]!.name!.value.toLowerCase()).toBe(words);
      const isKeyed = text.includes("needs a key");
      if (isKeyed) expect((await service.ask(text)).errors).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
      const { data, errors } = await service.ask<Record<string, unknown>, object>(text, {}, isKeyed ? viewer : undefined);
      expect(errors).toBeUndefined();
      expect(Object.values(data)).not.toContain(null);
    },
  );

  it("are in one folder of the playground each, under a question in both languages", async () => {
    const folders = JSON.parse(await readFile(new URL("../schema/folders.json", import.meta.url), "utf8")) as {
      vi: string;
      en: string;
      operations: { file: string; vi: string; en: string }[];
    }[];
    const listed = folders.flatMap(({ operations }) => operations);
    expect(listed.map(({ file }) => `${file}.graphql`).toSorted()).toEqual(files);
    for (const { vi, en } of [...folders, ...listed])
      expect([vi, en]).toEqual([expect.stringMatching(/\P{ASCII}/u), expect.stringMatching(/\w/)]);
    expect(listed.filter(({ vi, en }) => !/\?/.test(vi) || !/\?/.test(en))).toEqual([]);
    const served = await (await fetch(new URL("/graphql/operations.json", service.server.url))).json();
    expect(served).toMatchObject(folders.map(({ vi, operations }) => ({ vi, operations: operations.map(({ en }) => ({ en })) })));
    expect(JSON.stringify(served)).toContain("query TasksOfACity");
  });

  it("return the numbers of the reports", async () => {
    const tasks = await service.ask(generated.TasksOfACityDocument);
    expect(tasks.data.unit).toMatchObject({ fullName: "Thành phố Bắc Kạn", tasks: { total: 115, onTimeRate: { numerator: 46 } } });
    const { data } = await service.ask(generated.DossiersOfADistrictDocument);
    expect([data.unit?.all.received, data.unit?.district.received, data.unit?.communes.received]).toEqual([32_521, 1_396, 31_125]);
    expect(data.unit?.all.onTimeRate.coverage).toBeCloseTo(1_391 / 32_509, 9);
    const levels = await service.ask(generated.UpTheHierarchyDocument);
    expect(levels.data.country?.dossiers.received).toBe(data.unit?.all.received);
    const reform = await service.ask(generated.AcrossTheReformDocument);
    expect([reform.data.caoBang?.dossiers.received, reform.data.thaiNguyen?.tasks.total]).toEqual([32_521, 115]);
  });

  it("show the tasks of a province to those who may see them, and to everybody who is late", async () => {
    const due = await service.ask(generated.WhatFallsDueDocument, {}, viewer);
    expect(due.data.tasks.nodes.length).toBeGreaterThan(5);
    expect(due.data.tasks.nodes.map(({ timeliness }) => timeliness)).toContain("OVERDUE");
    const life = await service.ask(generated.LifeOfATaskDocument, {}, viewer);
    expect(life.data.tasks.nodes[0]).toMatchObject({ events: { nodes: [{ action: "IMPORTED" }] }, viewerCan: [] });
    const { data } = await service.ask(generated.WhoIsLateDocument);
    expect(data.unit!.tasks.total).toBeGreaterThan(200);
    expect(data.unit!.children.some(({ tasks }) => (tasks.overdue ?? 0) > 0)).toBe(true);
  });

  it("walk through a cycle: who leads and by which criteria, how far the next one is, and why a commune has its score", async () => {
    const led = await service.ask(generated.WhoLeadsDocument);
    const [ranking] = led.data.unit!.rankings;
    expect(ranking!.entries.filter(({ rank, score }) => rank !== null && score !== null).length).toBeGreaterThan(10);
    expect(ranking!.rubric.domains).toHaveLength(9);
    const half = await service.ask(generated.HalfWayDocument, {}, viewer);
    const [cycle] = half.data.assessmentCycles.nodes;
    expect(cycle).toMatchObject({ year: 2025, stage: "FIRST_APPRAISAL" });
    expect(cycle!.standings!.some(({ bestRank, worstRank }) => bestRank < worstRank)).toBe(true);
    const why = await service.ask(generated.WhyAScoreDocument, {}, viewer);
    const items = why.data.assessmentCycles.nodes[0]!.sheets.flatMap((sheet) => sheet.items);
    expect(items.some(({ selfScore, firstScore }) => selfScore !== null && firstScore !== null)).toBe(true);
    expect(items.filter(({ criterion }) => criterion.scoring === "INDICATOR").some(({ receipt }) => receipt !== null)).toBe(true);
  });

  it("takes variables in place of the defaults", async () => {
    const { data } = await service.ask(generated.SearchWithoutDiacriticsDocument, { search: "ha lang", asOf: "2022-12-31" });
    expect(data.units.nodes.map(({ fullName }) => fullName)).toContain("Huyện Hạ Lang");
  });
});
