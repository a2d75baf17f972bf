import { afterAll, beforeAll, expect, it } from "vitest";
import { criterionOf, CycleRoom, sheetOf } from "./cycle-room.ts";
import { rubricInput } from "./rubrics.ts";

let room: CycleRoom;
beforeAll(async () => {
  room = await CycleRoom.start();
});
afterAll(() => room.service.close());

const MEMBER = "48/so-noi-vu";
const RESULTS =
  "assessments(index: PAR) { year score rank rankOf classification { code } sources { kind } previous { year score rank rankOf } }";

it("what is published has the result before it that a report states, and answers beside it in the same form", async () => {
  const criteria = rubricInput().criteria.filter(({ code }) => code.startsWith("1"));
  const rubric = { organiser: "48", block: "DEPARTMENTS", blockName: "Khối sở, ban, ngành", year: 2022, maxScore: 40.5, criteria };
  const bands = [
    { classification: "KHA", to: 40 },
    { classification: "XUAT_SAC", from: 40 },
  ];
  const made = await room.done("stranger", "createRubric", rubricInput({ ...rubric, bands }));
  const { id } = (made as unknown as { rubric: { id: string } }).rubric;
  await room.done("stranger", "publishRubric", { rubric: id });
  const opened = await room.done("stranger", "openAssessmentCycle", { rubric: id, period: "2022", members: [MEMBER] });
  const sheet = sheetOf(opened.cycle!, MEMBER);
  await room.done("stranger", "advanceAssessmentCycle", { cycle: opened.cycle!.id, to: "FIRST_APPRAISAL", force: true });
  const items = [["1.1", 10.25] as const, ["1.2", 30] as const].map(([code, points]) => ({ criterion: criterionOf(sheet, code), points }));
  await room.done("stranger", "appraise", { sheet: sheet.id, items });
  await room.done("stranger", "publishAssessmentCycle", { cycle: opened.cycle!.id, title: "Quyết định" });
  const { data } = await room.ask(null, `{ unit(code: "${MEMBER}", asOf: "2022-12-31") { ${RESULTS} } }`);
  const before = { year: 2021, score: 101.69, rank: 1, rankOf: 21 };
  expect(data).toEqual({
    unit: {
      assessments: [
        { ...before, classification: { code: "XUAT_SAC" }, sources: [{ kind: "REPORT" }], previous: null },
        {
          ...{ year: 2022, score: 40.25, rank: 1, rankOf: 1 },
          classification: { code: "XUAT_SAC" },
          sources: [{ kind: "ASSESSMENT" }],
          previous: before,
        },
      ],
    },
  });
  // The report has no criteria, with which a change could be split.
  expect((await room.ask("stranger", `{ scoreSheet(id: "${sheet.id}") { change { total } } }`)).data).toEqual({
    scoreSheet: { change: null },
  });
});
