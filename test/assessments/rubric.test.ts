import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";
import { issueKey } from "../support/key.ts";
import { changeRubric, RUBRIC, type RubricContent, rubricInput, type SeenRubric } from "./rubrics.ts";

let service: TestService;
let admin: string;
let officer: string;
let stranger: string;
beforeAll(async () => {
  service = await startService();
  admin = await issueKey(service.database, "admin", { "04": "ADMIN" });
  officer = await issueKey(service.database, "officer", { "04": "OFFICER" });
  stranger = await issueKey(service.database, "stranger", { "48": "ADMIN" });
});
afterAll(() => service.close());

const change = (mutation: string, input: object, bearer?: string) => changeRubric(service, mutation, input, bearer);
const create = async (over: Readonly<Record<string, unknown>>): Promise<SeenRubric> => {
  const { payload, message } = await change("createRubric", rubricInput(over), admin);
  if (!payload?.rubric) throw new Error(message ?? JSON.stringify(payload?.problems));
  return payload.rubric;
};
const see = async (id: string, bearer?: string) =>
  (await service.ask<{ rubric: SeenRubric | null }, object>(`query ($id: ID!) { rubric(id: $id) { ${RUBRIC} } }`, { id }, bearer)).data
    .rubric;

describe("a rubric", () => {
  it("is stored as a draft of version 1, with the tree as it was given", async () => {
    const rubric = await create({ block: "A" });
    expect(rubric).toMatchObject({
      ...{ organiser: { code: "04" }, index: "PAR", block: { code: "A", name: "Khối xã, phường" }, year: 2026, version: 1, state: "DRAFT" },
      ...{ maxScore: 100, bonusMax: 2, penaltyMax: 5 },
      bands: [
        { classification: { code: "YEU" }, from: null, to: 50 },
        { classification: { code: "KHA" }, from: 50, to: 80 },
        { classification: { code: "TOT" }, from: 80, to: null },
      ],
      domains: [
        {
          code: "1",
          maxScore: 40.5,
          scoring: null,
          parent: null,
          children: [{ code: "1.1", maxScore: 10.25, evidenceRequired: true }, { code: "1.2" }],
        },
        {
          code: "2",
          children: [
            {
              ...{ code: "2.1", scoring: "INDICATOR", indicator: { code: "dossier-on-time" }, parent: { code: "2" }, appraiser: null },
              steps: [
                { from: 0.5, points: 10, shape: "STEP" },
                { from: 0.9, points: 39.5, shape: "LINEAR" },
              ],
            },
            { code: "2.2", scoring: "SURVEY" },
          ],
        },
      ],
    });
  });

  it("is for VIEWERs of the organiser while it is a draft, and for everybody once it is published", async () => {
    const { id } = await create({ block: "B" });
    for (const bearer of [undefined, stranger]) expect(await see(id, bearer)).toBeNull();
    expect(await see(id, officer)).toMatchObject({ id });
    const { payload } = await change("publishRubric", { rubric: id }, admin);
    expect(payload).toMatchObject({ rubric: { id, state: "PUBLISHED" }, problems: [] });
    for (const bearer of [undefined, stranger])
      expect(await see(id, bearer)).toMatchObject({ state: "PUBLISHED", domains: [{ code: "1" }, { code: "2" }] });
  });

  it("is created, revised and published by ADMINs of the organiser alone", async () => {
    const { id } = await create({ block: "C" });
    const content = rubricInput({ block: "C" });
    for (const [mutation, input] of [
      ["createRubric", rubricInput({ block: "CC" })],
      ["reviseRubric", { rubric: id, with: content }],
      ["publishRubric", { rubric: id }],
    ] as const) {
      const who = [undefined, officer, stranger];
      const codes = await Promise.all(who.map(async (bearer) => (await change(mutation, input, bearer)).code));
      expect(codes, mutation).toEqual(["UNAUTHENTICATED", "FORBIDDEN", mutation === "createRubric" ? "FORBIDDEN" : "NOT_FOUND"]);
    }
    await change("publishRubric", { rubric: id }, admin);
    expect((await change("reviseRubric", { rubric: id, with: content }, stranger)).code).toBe("FORBIDDEN");
  });

  it("never changes: a revision is a draft of the next version, and no earlier version is published after it", async () => {
    const first = await create({ block: "D" });
    expect((await change("createRubric", rubricInput({ block: "D" }), admin)).code).toBe("CONFLICT");
    const revised = await change("reviseRubric", { rubric: first.id, with: rubricInput({ block: "D", name: "Sửa đổi" }) }, admin);
    expect(revised.payload?.rubric).toMatchObject({ version: 2, state: "DRAFT", name: "Sửa đổi" });
    expect(await see(first.id, admin)).toMatchObject({ version: 1, name: "Bộ tiêu chí cấp xã" });
    const second = revised.payload!.rubric!.id;
    expect((await change("publishRubric", { rubric: second }, admin)).payload?.rubric?.state).toBe("PUBLISHED");
    for (const rubric of [first.id, second]) expect((await change("publishRubric", { rubric }, admin)).code).toBe("CONFLICT");
    const other = await change(
      "reviseRubric",
      { rubric: second, with: rubricInput({ block: "D", year: 2027, index: "DDCI", organiser: "48" }) },
      admin,
    );
    expect(other.payload?.problems.map(({ path, code }) => [path.join("."), code])).toEqual([
      ["with.organiser", "NOT_THE_SAME"],
      ["with.index", "NOT_THE_SAME"],
      ["with.year", "NOT_THE_SAME"],
    ]);
  });

  it("is an entry of the audit trail with each change", async () => {
    const { id } = await create({ block: "E" });
    await change("publishRubric", { rubric: id }, admin);
    const { data } = await service.ask<
      { auditTrail: { nodes: { operation: string; subject: string; before: unknown; after: unknown }[] } },
      object
    >('{ auditTrail(unit: "04") { nodes { operation subject before after } } }', {}, admin);
    const own = data.auditTrail.nodes.filter(({ subject }) => subject === id);
    expect(own.map(({ operation }) => operation).toSorted()).toEqual(["createRubric", "publishRubric"]);
    expect(own.find(({ operation }) => operation === "createRubric")).toMatchObject({
      before: null,
      after: { version: 1, maxPoints: 10_000 },
    });
    expect(own.find(({ operation }) => operation === "publishRubric")).toMatchObject({
      before: { state: "DRAFT" },
      after: { state: "PUBLISHED" },
    });
  });
});

describe("rubrics", () => {
  const LIST = `query ($year: Int, $index: IndexKind, $first: Int! = 50, $after: String) {
    rubrics(organiser: "22", year: $year, index: $index, first: $first, after: $after) { totalCount nodes { year version index } pageInfo { endCursor } } }`;
  const list = async (variables: object, bearer?: string) =>
    (
      await service.ask<{ rubrics: { totalCount: number; nodes: { year: number }[]; pageInfo: { endCursor: string } } }, object>(
        LIST,
        variables,
        bearer,
      )
    ).data.rubrics;

  it("are listed by year, the latest first, page by page; drafts for VIEWERs of the organiser alone", async () => {
    const own = await issueKey(service.database, "own", { "22": "ADMIN" });
    const made: RubricContent[] = [2024, 2026, 2025].map((year) => rubricInput({ organiser: "22", year }));
    const [published] = await Promise.all(made.map((input) => change("createRubric", input, own)));
    await change("publishRubric", { rubric: published!.payload!.rubric!.id }, own);
    expect(await list({})).toMatchObject({ totalCount: 1, nodes: [{ year: 2024 }] });
    const page = await list({ first: 2 }, own);
    expect(page).toMatchObject({ totalCount: 3, nodes: [{ year: 2026 }, { year: 2025 }] });
    expect((await list({ first: 2, after: page.pageInfo.endCursor }, own)).nodes.map(({ year }) => year)).toEqual([2024]);
    expect((await list({ index: "DDCI" }, own)).totalCount).toBe(0);
    expect((await list({ year: 2025 }, own)).totalCount).toBe(1);
    const forged = Buffer.from("2024:x").toString("base64url");
    expect((await service.ask(LIST, { after: forged })).errors?.[0]?.extensions["code"]).toBe("BAD_USER_INPUT");
  });

  it("are compared by code, in the order of the later one", async () => {
    const first = await create({ block: "F" });
    const criteria = rubricInput()
      .criteria.filter(({ code }) => code !== "1.2")
      .concat({ code: "1.3", name: "Tuyên truyền", maxScore: 30.25, scoring: "MANUAL" })
      .map((one) => (one.code === "2.1" ? { ...one, steps: [{ from: 0.5, points: 11 }] } : one));
    const second = await change("reviseRubric", { rubric: first.id, with: rubricInput({ block: "F", criteria }) }, admin);
    const text = "query ($from: ID!, $to: ID!) { rubricDiff(from: $from, to: $to) { code from { code } to { code steps { points } } } }";
    const variables = { from: first.id, to: second.payload!.rubric!.id };
    expect((await service.ask(text, variables, admin)).data).toEqual({
      rubricDiff: [
        { code: "2.1", from: { code: "2.1" }, to: { code: "2.1", steps: [{ points: 11 }] } },
        { code: "1.3", from: null, to: { code: "1.3", steps: [] } },
        { code: "1.2", from: { code: "1.2" }, to: null },
      ],
    });
    expect((await service.ask(text, variables)).errors?.[0]?.extensions["code"]).toBe("NOT_FOUND");
  });

  it("that reports merely name are PUBLISHED, of version 1, and have no domains", async () => {
    const { data } = await service.ask<{ unit: { rankings: { rubric: { id: string } }[] } }, object>(
      `{ unit(code: "48", asOf: "2021-12-31") { rankings(index: PAR, year: 2021) { rubric { ${RUBRIC} } } } }`,
    );
    const [{ rubric }] = data.unit.rankings as [{ rubric: { id: string } }];
    expect(rubric).toMatchObject({ organiser: null, version: 1, state: "PUBLISHED", domains: [], bonusMax: null, penaltyMax: null });
    expect(await see(rubric.id)).toEqual(rubric);
    for (const id of [`${rubric.id}X`, "PAR/2021/nobody/DEPARTMENTS", "x", "", Buffer.from("rubric:999999").toString("base64url")])
      expect(await see(id)).toBeNull();
  });
});
