import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { criterionOf, CycleRoom, itemOf, type SeenCycle, type SeenSheet, sheetOf } from "./cycle-room.ts";
import { issueKey } from "../support/key.ts";
import { rubricInput } from "./rubrics.ts";

let room: CycleRoom;
let cycle: SeenCycle;
let sheet: SeenSheet;
let of: (code: string) => string;
beforeAll(async () => {
  room = await CycleRoom.start();
  cycle = await room.open();
  sheet = sheetOf(cycle, "01273");
  of = (code) => criterionOf(sheet, code);
});
afterAll(() => room.service.close());

const EVIDENCE = [{ name: "x", url: "https://example.vn/" }];
const score = (items: readonly object[], who: "one" | "interior" | "assessor" = "one", mutation = "scoreSelf") =>
  room.change(who, mutation, { sheet: sheet.id, items });

describe("self-scores are stored all or none, and problems name the item,", () => {
  const CASES: readonly (readonly [string, () => readonly object[], readonly string[]])[] = [
    ["without items", () => [], ["items ITEM_COUNT"]],
    ["of an inner node", () => [{ criterion: of("1"), points: 1 }], ["items.0.criterion INNER_NODE"]],
    ["of an unknown criterion", () => [{ criterion: "x", points: 1 }], ["items.0.criterion CRITERION_UNKNOWN"]],
    [
      "of one criterion twice",
      () => [
        { criterion: of("1.1"), points: 1 },
        { criterion: of("1.1"), points: 1 },
      ],
      ["items.1.criterion CRITERION_TWICE"],
    ],
    ["of the survey", () => [{ criterion: of("2.2"), points: 1 }], ["items.0.criterion SURVEY_CRITERION"]],
    ["of a computed criterion", () => [{ criterion: of("2.1"), points: 1 }], ["items.0.points POINTS_COMPUTED"]],
    ["without points", () => [{ criterion: of("1.1") }], ["items.0.points POINTS_MISSING"]],
    ["above the maximum", () => [{ criterion: of("1.1"), points: 10.26 }], ["items.0.points POINTS_INVALID"]],
    ["below 0", () => [{ criterion: of("1.1"), points: -0.01 }], ["items.0.points POINTS_INVALID"]],
    ["with three decimals", () => [{ criterion: of("1.1"), points: 1.005 }], ["items.0.points POINTS_INVALID"]],
    [
      "with a note that is too long, and a link that is none",
      () => [{ criterion: of("1.1"), points: 1, note: "x".repeat(2001), evidence: [{ name: "x", url: "ftp://x" }] }],
      ["items.0.note TEXT_INVALID", "items.0.evidence EVIDENCE_INVALID"],
    ],
  ];
  it.each(CASES)("%s", async (_, items, expected) => {
    const good = { criterion: of("1.2"), points: 7 };
    const given = items();
    expect((await score(given.length === 0 ? [] : [...given, good])).problems).toEqual(expected);
    expect(itemOf((await room.seeSheet("one", sheet.id))!, "1.2").selfScore).toBeNull();
  });

  it("and each replaces what was stored of its criterion", async () => {
    await score([
      { criterion: of("1.1"), points: 1, note: "a", evidence: EVIDENCE },
      { criterion: of("2.1"), note: "b" },
    ]);
    const { sheet: after } = await score([{ criterion: of("1.1"), points: 2 }]);
    expect(itemOf(after!, "1.1")).toMatchObject({ selfScore: 2, selfNote: null, evidence: [] });
    expect(itemOf(after!, "2.1")).toMatchObject({ selfScore: null, selfNote: "b" });
  });
});

describe("a sheet", () => {
  it("is handed in with all self-scores, and evidence where the rubric requires it", async () => {
    expect((await room.change("one", "submitScoreSheet", { sheet: sheet.id })).problems).toEqual([
      "sheet EVIDENCE_MISSING",
      "sheet SELF_SCORE_MISSING",
    ]);
    await score([
      { criterion: of("1.1"), points: 10, evidence: EVIDENCE },
      { criterion: of("1.2"), points: 10 },
    ]);
    expect((await room.change("one", "submitScoreSheet", { sheet: sheet.id })).problems).toEqual([]);
    expect(await room.change("one", "submitScoreSheet", { sheet: sheet.id })).toMatchObject({ code: "CONFLICT" });
  });

  it("is appraised with points; a computed criterion with a note", async () => {
    await room.advance(cycle.id, "FIRST_APPRAISAL");
    const appraise = async (item: object, who: "interior" | "assessor" = "interior") => (await score([item], who, "appraise")).problems;
    expect(await appraise({ criterion: of("1.1") })).toEqual(["items.0.points POINTS_MISSING"]);
    expect(await appraise({ criterion: of("1.1"), points: 1, evidence: EVIDENCE })).toEqual(["items.0.evidence EVIDENCE_NOT_USED"]);
    expect(await appraise({ criterion: of("2.1"), points: 1 })).toEqual(["items.0.note NOTE_MISSING"]);
    expect(await appraise({ criterion: of("2.1"), points: 39.5, note: "Theo hồ sơ gốc" })).toEqual([]);
    expect(await appraise({ criterion: of("2.2"), points: 1 }, "assessor")).toEqual(["items.0.criterion SURVEY_CRITERION"]);
    expect(await appraise({ criterion: of("1.1"), points: 10 })).toEqual([]);
    expect(await appraise({ criterion: of("1.2"), points: 9.99 }, "assessor")).toEqual([]);
  });

  it("is explained where the first appraisal is below the self-score", async () => {
    await room.advance(cycle.id, "EXPLANATION");
    const explain = async (item: object) => (await score([item], "one", "explain")).problems;
    expect(await explain({ criterion: of("1.1"), text: "x" })).toEqual(["items.0.criterion NOT_BELOW_SELF_SCORE"]);
    expect(await explain({ criterion: of("2.1"), text: "x" })).toEqual(["items.0.criterion NOT_BELOW_SELF_SCORE"]);
    expect(await explain({ criterion: of("1.2"), text: " " })).toEqual(["items.0.text TEXT_INVALID"]);
    const many = Array.from({ length: 20 }, (_, n) => ({ name: "x", url: `https://example.vn/${n}` }));
    expect(await explain({ criterion: of("1.2"), text: "x", evidence: [...many, ...EVIDENCE] })).toEqual([
      "items.0.evidence EVIDENCE_INVALID",
    ]);
    expect(await explain({ criterion: of("1.2"), text: "x", evidence: many })).toEqual([]);
  });

  it("takes adjustments within the maxima, and classes of the rubric", async () => {
    await room.advance(cycle.id, "SURVEY");
    const adjust = async (kind: string, points: number) =>
      (await room.change("admin", "adjustScore", { sheet: sheet.id, kind, points, reason: "x" })).problems;
    for (const points of [0, -1, 0.001]) expect(await adjust("BONUS", points)).toEqual(["points POINTS_INVALID"]);
    expect(await adjust("BONUS", 1.5)).toEqual([]);
    expect(await adjust("BONUS", 0.51)).toEqual(["points CAP_EXCEEDED"]);
    expect(await adjust("PENALTY", 5)).toEqual([]);
    const { sheet: after } = await room.change("admin", "adjustScore", { sheet: sheet.id, kind: "BONUS", points: 0.5, reason: "x" });
    const adjustment = after!.adjustments![0]!.id;
    const remove = async () => (await room.change("admin", "removeAdjustment", { adjustment, reason: "x" })).code;
    expect([await remove(), await remove()]).toEqual([undefined, "CONFLICT"]);
    expect((await room.change("admin", "removeAdjustment", { adjustment: "x", reason: "x" })).code).toBe("NOT_FOUND");
    const override = async (classification: string | null) =>
      (await room.change("admin", "overrideClassification", { sheet: sheet.id, classification, reason: "x" })).code;
    expect([await override("KHA"), await override("XUAT_SAC"), await override(null)]).toEqual([undefined, "BAD_USER_INPUT", undefined]);
  });

  it("takes answers of members to criteria of the survey, with each weight and each group once", async () => {
    const answer = (over: object = {}) => ({
      unit: "01273",
      criterion: of("2.2"),
      respondents: "Người dân",
      counts: [{ weight: 1, count: 2 }],
      ...over,
    });
    const record = async (...answers: readonly object[]) =>
      (await room.change("admin", "recordSurvey", { cycle: cycle.id, answers })).problems;
    expect(await record()).toEqual(["answers ANSWER_COUNT"]);
    expect(await record(answer({ unit: "01294" }), answer({ criterion: of("1.1"), respondents: "" }))).toEqual([
      ...["answers.0.unit MEMBER_UNKNOWN", "answers.1.criterion SURVEY_CRITERION", "answers.1.respondents TEXT_INVALID"],
    ]);
    expect(await record(answer(), answer())).toEqual(["answers ANSWERS_TWICE"]);
    const counts = [
      { weight: 1.01, count: 1 },
      { weight: 0.5, count: -1 },
      { weight: 0.5, count: 1 },
      { weight: 0.505, count: 1 },
    ];
    expect(await record(answer({ counts }), answer({ counts: [], respondents: "x" }))).toEqual([
      ...["answers.0.counts.0.weight WEIGHT_INVALID", "answers.0.counts.1.count COUNT_INVALID", "answers.0.counts.2.weight WEIGHT_TWICE"],
      ...["answers.0.counts.3.weight WEIGHT_INVALID", "answers.1.counts ITEM_COUNT"],
    ]);
    expect(await record(answer())).toEqual([]);
  });
});

describe("a cycle is opened", () => {
  const open = (over: object) => room.change("admin", "openAssessmentCycle", { period: "2026", members: ["01273"], ...over });

  it("by a published rubric that has none, for units within the organiser", async () => {
    const draft = await room.change("admin", "createRubric", rubricInput({ block: "DRAFT" }));
    expect((await open({ rubric: (draft as unknown as { rubric: { id: string } }).rubric.id })).code).toBe("CONFLICT");
    expect((await open({ rubric: "x" })).code).toBe("NOT_FOUND");
    const rubric = await room.rubric();
    expect((await open({ rubric, members: [] })).problems).toEqual(["members MEMBER_COUNT"]);
    expect((await open({ rubric, members: ["01273", "nobody", "01273", "04", "48"] })).problems).toEqual([
      ...["members.1 UNIT_UNKNOWN", "members.2 MEMBER_TWICE", "members.3 MEMBER_OUTSIDE", "members.4 MEMBER_OUTSIDE"],
    ]);
    const deadlines = [
      { stage: "SURVEY", on: "2027-01-01" },
      { stage: "EXPLANATION", on: "2027-01-02" },
      { stage: "SURVEY", on: "2027-02-01" },
      { stage: "PUBLISHED", on: "x" },
    ];
    expect((await open({ rubric, deadlines })).problems).toEqual([
      ...[
        "deadlines.3.on DAY_INVALID",
        "deadlines.0.on DEADLINE_EARLIER",
        "deadlines.2.stage STAGE_TWICE",
        "deadlines.3.stage STAGE_INVALID",
      ],
    ]);
    expect((await open({ rubric, period: "soon" })).code).toBe("BAD_USER_INPUT");
    expect((await open({ rubric, members: ["01273", "04/so-noi-vu"] })).problems).toEqual([]);
    expect((await open({ rubric })).code).toBe("CONFLICT");
  });

  it("also for a unit that ended during the period, whose sheet its successor reads and does not write", async () => {
    const rubric = await room.rubric({ year: 2025 });
    const { cycle: opened } = await open({ rubric, period: "2025", members: ["01273", "01558.2015"] });
    expect(opened?.members.map(({ unit }) => unit.code)).toEqual(["01273", "01558"]);
    const town = sheetOf(opened!, "01558");
    const successor = await issueKey(room.service.database, "successor", { "01558": "OFFICER" });
    const read = await room.service.ask<{ scoreSheet: { unit: { fullName: string } } }, object>(
      `query ($id: ID!) { scoreSheet(id: $id) { unit { fullName } } }`,
      { id: town.id },
      successor,
    );
    expect(read.data.scoreSheet.unit.fullName).toBe("Thị trấn Thanh Nhật");
    const input = { sheet: town.id, items: [{ criterion: criterionOf(town, "1.1"), points: 1 }] };
    const text = "mutation ($input: ScoreInput!) { scoreSelf(input: $input) { sheet { id } } }";
    const { errors } = await room.service.ask<unknown, object>(text, { input }, successor);
    expect(errors?.[0]).toMatchObject({ extensions: { code: "CONFLICT" }, message: expect.stringContaining("read-only") as string });
    await room.advance(opened!.id, "FIRST_APPRAISAL");
    expect((await room.change("interior", "appraise", input)).problems).toEqual([]);
  });
});
