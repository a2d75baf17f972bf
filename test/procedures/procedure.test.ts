import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ProcedureRow, problemsOfProcedure, problemsOfProcedures } from "../../src/procedures/procedure-check.ts";
import { loadProcedures } from "../../src/procedures/procedure-load.service.ts";
import { carryToDossiers } from "../../src/dossiers/procedure-carry.store.ts";
import type { DomainError } from "../../src/lib/errors.ts";
import { NOW, startService, type TestService } from "../support/client.ts";
import { issueKey } from "../support/key.ts";

const procedure = (code: string, name: string, more: Partial<ProcedureRow> = {}): ProcedureRow => ({
  ...{ code, name, field: "HT", fieldName: "Hộ tịch", competence: "COMMUNE", serviceLevel: "FULL", workingDays: null, hasFee: false },
  ...more,
});
const LAND = { field: "DD", fieldName: "Đất đai" } as const;
const MARRIAGE = procedure("1.000894", "Thủ tục đăng ký kết hôn", { workingDays: 5 });
const BIRTH = procedure("1.001193", "Thủ tục đăng ký khai sinh");
const LAND_RIGHT = procedure("1.010708.000.00.00.H56", "Đăng ký quyền sử dụng đất", {
  ...LAND,
  ...{ competence: "PROVINCE", serviceLevel: "PARTIAL", workingDays: 22.5, hasFee: true },
});
const CATALOGUE = [LAND_RIGHT, BIRTH, MARRIAGE, procedure("2.000815", "Chứng thực bản sao", { field: "CT", fieldName: "Chứng thực" })];

describe("a row of the catalogue", () => {
  it.each<[string, Partial<ProcedureRow>, string, string]>([
    ["a code of another shape", { code: "4.000894" }, "code", "BAD_CODE"],
    ["a suffix of another shape", { code: "1.000894.H56" }, "code", "BAD_CODE"],
    ["no name", { name: " \t " }, "name", "BAD_TEXT"],
    ["a name that is too long", { name: "a".repeat(501) }, "name", "BAD_TEXT"],
    ["a name of two lines", { name: "a\nb" }, "name", "BAD_TEXT"],
    ["no field", { field: "" }, "field", "BAD_TEXT"],
    ["a field without a name", { fieldName: "" }, "fieldName", "BAD_TEXT"],
    ["a tier that there is not", { competence: "VILLAGE" }, "competence", "UNKNOWN_TIER"],
    ["a level that there is not", { serviceLevel: "4" }, "serviceLevel", "UNKNOWN_LEVEL"],
    ["a negative limit", { workingDays: -0.5 }, "workingDays", "BAD_LIMIT"],
    ["a limit of years", { workingDays: 2001 }, "workingDays", "BAD_LIMIT"],
    ["a limit that is no number", { workingDays: NaN }, "workingDays", "BAD_LIMIT"],
  ])("is refused with %s, by its column", (_, more, column, code) => {
    const problems = problemsOfProcedure({ ...MARRIAGE, ...more });
    expect(problems).toEqual([{ column, code, message: expect.stringMatching(`^${column}: `) as string }]);
  });

  it("is accepted with blanks around its texts, a limit of 0 or of 2,000 days, or none", () => {
    for (const workingDays of [0, 0.5, 2000, null])
      expect(problemsOfProcedure({ ...MARRIAGE, name: ` ${MARRIAGE.name.normalize("NFD")} `, code: " 1.000894 ", workingDays })).toEqual(
        [],
      );
  });

  it("names all that is wrong with it", () => {
    expect(problemsOfProcedure({ ...MARRIAGE, code: "x", competence: "", workingDays: -1 }).map(({ code }) => code)).toEqual([
      ...["BAD_CODE", "UNKNOWN_TIER", "BAD_LIMIT"],
    ]);
  });

  it("is refused if its code, or another name of its field, is in an earlier row", () => {
    expect(problemsOfProcedures(CATALOGUE)).toEqual([]);
    const found = problemsOfProcedures([MARRIAGE, { ...BIRTH, fieldName: "Hộ Tịch" }, { ...LAND_RIGHT, code: " 1.000894" }]);
    expect(found.map(({ row, column, code }) => [row, column, code])).toEqual([
      [1, "fieldName", "TWO_NAMES"],
      [2, "code", "TWICE"],
    ]);
  });
});

interface Listed {
  procedures: {
    totalCount: number;
    nodes: { code: string; field: { code: string } }[];
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null };
  };
}

describe("the catalogue of procedures", () => {
  let service: TestService;
  const load = (rows: readonly ProcedureRow[]) =>
    loadProcedures(service.database.orm.em.fork(), rows, { actor: "command:test", actorName: "test", at: NOW }, carryToDossiers);
  const rows = <T>(text: string) => service.database.orm.em.getConnection().execute<T[]>(text);
  const list = async (args: string) => {
    const query = `{ procedures${args} { totalCount nodes { code field { code } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`;
    const { data, errors } = await service.ask<Listed, object>(query);
    expect(errors).toBeUndefined();
    return data.procedures;
  };
  const codes = async (args: string) => (await list(args)).nodes.map(({ code }) => code);
  const failure = (loading: Promise<unknown>): Promise<DomainError> =>
    loading.then(
      () => Promise.reject(new Error("was loaded")),
      (error: unknown) => error as DomainError,
    );

  beforeAll(async () => {
    service = await startService();
    await rows("delete from procedure");
    await rows("delete from procedure_field");
    expect(await codes("")).toEqual([]);
    expect(await load(CATALOGUE)).toEqual({ created: 4, updated: 0, unchanged: 0, dossiers: 0 });
  });
  afterAll(() => service.close());

  it("is listed by code, publicly, with all its fields", async () => {
    expect(await codes("")).toEqual(["1.000894", "1.001193", "1.010708.000.00.00.H56", "2.000815"]);
    const { data } = await service.ask<{ procedures: object }, object>(
      '{ procedures(search: "quyen su dung dat") { nodes { code name field { code name } competence serviceLevel workingDays hasFee } edges { node { workingDays } } } }',
    );
    const { field, fieldName, ...rest } = LAND_RIGHT;
    expect(data.procedures).toEqual({
      nodes: [{ ...rest, field: { code: field, name: fieldName } }],
      edges: [{ node: { workingDays: 22.5 } }],
    });
  });

  it.each([
    ["words of the name in any order, without diacritics", '(search: "hon DANG")', ["1.000894"]],
    ["beginnings of words", '(search: "đăng ký kh")', ["1.001193"]],
    ["no ends of words", '(search: "ang")', []],
    ["the beginning of a code", '(search: "1.00")', ["1.000894", "1.001193"]],
    ["no middle of a code", '(search: "000894")', []],
    ["a code in small letters", '(search: "1.010708.000.00.00.h56")', ["1.010708.000.00.00.H56"]],
    ["a field", '(field: "HT")', ["1.000894", "1.001193"]],
    ["a field and a search", '(field: "HT", search: "khai sinh")', ["1.001193"]],
    ["nothing of another field", '(field: "DD", search: "khai sinh")', []],
    ["null as if it were not said", "(field: null, search: null, after: null)", CATALOGUE.map(({ code }) => code).toSorted()],
  ])("finds %s", async (_, args, found) => {
    expect(await list(args)).toMatchObject({ totalCount: found.length, nodes: found.map((code) => ({ code })) });
  });

  it("gives each procedure once, in pages of any size", async () => {
    for (const first of [1, 3, 4]) {
      const pages = [await list(`(first: ${first})`)];
      while (pages.at(-1)!.pageInfo.hasNextPage) pages.push(await list(`(first: ${first}, after: "${pages.at(-1)!.pageInfo.endCursor}")`));
      expect(pages.flatMap(({ nodes }) => nodes.map(({ code }) => code))).toEqual(CATALOGUE.map(({ code }) => code).toSorted());
      expect(pages.map(({ totalCount }) => totalCount)).toEqual(pages.map(() => 4));
      expect(pages.map(({ pageInfo }) => pageInfo.hasPreviousPage)).toEqual(pages.map((_, n) => n > 0));
    }
  });

  it.each([
    ['(field: "XX")', /^field: "XX" .*code of a field/],
    ['(search: "?")', /^search: /],
    ["(first: 0)", /^first: /],
    ['(after: "x")', /^after: /],
  ])("refuses %s", async (args, message) => {
    const { errors } = await service.ask(`{ procedures${args} { totalCount } }`);
    expect(errors).toMatchObject([{ message: expect.stringMatching(message) as string, extensions: { code: "BAD_USER_INPUT" } }]);
  });

  it("is replaced by code, and the result lists created, updated and unchanged ones", async () => {
    const renamed = { ...MARRIAGE, name: "Đăng ký kết hôn lưu động", workingDays: 3 };
    const added = procedure("1.004884", "Đăng ký lại khai sinh");
    expect(await load([renamed, added, BIRTH])).toEqual({ created: 1, updated: 1, unchanged: 1, dossiers: 0 });
    expect(await codes('(search: "luu dong")')).toEqual([MARRIAGE.code]);
    expect(await codes('(search: "thu tuc ket hon")')).toEqual([]);
    const key = await issueKey(service.database, "country", { VN: "ADMIN" });
    const { data } = await service.ask<{ auditTrail: { nodes: object[] } }, object>(
      '{ auditTrail(unit: "VN") { nodes { operation actor before after } } }',
      {},
      key,
    );
    const entries = data.auditTrail.nodes.filter((one) => "operation" in one && one.operation === "import procedures");
    expect(entries).toHaveLength(2);
    expect(entries).toContainEqual({
      ...{ operation: "import procedures", actor: "command:test", before: [MARRIAGE] },
      after: expect.objectContaining({ created: 1, unchanged: 1, updated: [renamed] }) as unknown,
    });
    expect(await load([MARRIAGE])).toMatchObject({ updated: 1 });
    await rows(`delete from procedure where code = '${added.code}'`);
  });

  it("leaves no trace where nothing changes", async () => {
    const before = await rows("select * from audit_entry");
    expect(await load(CATALOGUE.toReversed())).toEqual({ created: 0, updated: 0, unchanged: 4, dossiers: 0 });
    expect(await load([])).toEqual({ created: 0, updated: 0, unchanged: 0, dossiers: 0 });
    expect(await rows("select * from audit_entry")).toEqual(before);
  });

  it("takes a new name of a field for all of its procedures", async () => {
    expect(await load([{ ...MARRIAGE, fieldName: "Hộ tịch và quốc tịch" }])).toMatchObject({ updated: 1 });
    expect(await rows("select name from procedure_field where code = 'HT'")).toEqual([{ name: "Hộ tịch và quốc tịch" }]);
    expect(await load([MARRIAGE])).toMatchObject({ updated: 1 });
  });

  it("stores no row if one is refused", async () => {
    const { extensions, message } = await failure(load([procedure("1.000001", "Mới"), { ...BIRTH, competence: "?" }]));
    expect(extensions).toMatchObject({ code: "BAD_USER_INPUT", problems: [{ row: 1, column: "competence", code: "UNKNOWN_TIER" }] });
    expect(message).toMatch(/^row 1: competence: "\?"/);
    expect(await codes('(search: "moi")')).toEqual([]);
  });

  it("is not written by the service", async () => {
    for (const text of [
      "update procedure set name = ''",
      "delete from procedure_field",
      "insert into procedure_field (code, name) values ('x', 'x')",
    ])
      await expect(service.database.pools.requests.em.fork().getConnection().execute(text)).rejects.toThrow(/permission denied/);
  });
});
