import { readdir, readFile } from "node:fs/promises";
import { Kind, type OperationDefinitionNode, parse } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as generated from "./generated/operations.ts";
import { startService, type TestService } from "./support/client.ts";

const FOLDER = new URL("../schema/operations/", import.meta.url);
const files = (await readdir(FOLDER)).toSorted();
const texts = await Promise.all(files.map((file) => readFile(new URL(file, FOLDER), "utf8")));

const operationsOf = (text: string): OperationDefinitionNode[] =>
  parse(text).definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);

describe("the operations that people start from", () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
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
      const { data, errors } = await service.ask<Record<string, unknown>, never>(text);
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

  it("takes variables in place of the defaults", async () => {
    const { data } = await service.ask(generated.SearchWithoutDiacriticsDocument, { search: "ha lang", asOf: "2022-12-31" });
    expect(data.units.nodes.map(({ fullName }) => fullName)).toContain("Huyện Hạ Lang");
  });
});
