import { criterionOf, type CycleRoom, MEMBERS, type SeenCycle, sheetOf } from "./cycle-room.ts";
import { publishCycle, scoredCycle } from "./scored-cycle.ts";
import { rubricInput } from "./rubrics.ts";

/** Fields of the root that lead to assessments. */
export const ASSESSED_ROOTS = [
  ...["assessmentCycle", "assessmentCycles", "scoreSheet", "rubric", "rubricDiff"],
  ...[
    "scoreSelf",
    "submitScoreSheet",
    "explain",
    "appraise",
    "setApplicability",
    "adjustScore",
    "removeAdjustment",
    "overrideClassification",
  ],
  ...["reopenScoreSheet", "recordSurvey", "setRankedMembers", "correctPublishedScores", "reviseRubric"],
];

/** A province with a draft of a rubric, a cycle half-way through, and one that was published and corrected. */
export const assessedProvince = async (room: CycleRoom) => {
  const draft = await room.done("admin", "createRubric", rubricInput({ block: "DRAFT" }));
  const open = await room.open();
  const [first] = open.sheets;
  await room.done("one", "scoreSelf", { sheet: first!.id, items: [{ criterion: criterionOf(first!, "1.2"), points: 3 }] });
  const published = await scoredCycle(room, 2025, { "01273": [10, 30, 39.5, 0.9], "01279": [8, 20, 30, 0.5], "01288": [10, 20, 28, 0.5] });
  await publishCycle(room, published);
  const sheet = sheetOf(published, "01279");
  const items = [{ sheet: sheet.id, criterion: criterionOf(sheet, "1.1"), points: 9 }];
  const adjustments = [{ sheet: sheet.id, kind: "BONUS", points: 0.5, reason: "Sáng kiến" }];
  await room.done("admin", "correctPublishedScores", { cycle: published.id, reason: "Kết luận thanh tra", items, adjustments });
  const cycles = [open, published];
  const sheets = cycles.flatMap((cycle) => cycle.sheets.map(({ id }) => id));
  const rubrics = [...cycles.map(({ rubric }) => rubric.id), (draft as unknown as { rubric: { id: string } }).rubric.id];
  const adjustment = (await room.seeSheet("admin", sheet.id))!.adjustments![0]!.id;
  const criterion = cycles.flatMap(({ sheets: [one] }: SeenCycle) => one!.items.map((item) => item.criterion.id));
  const cycleIds = cycles.map(({ id }) => id);
  return {
    ids: [...cycleIds, ...sheets, ...rubrics],
    /** Values of arguments and of fields of inputs. */
    named: {
      ...{ "scoreSheet.id": sheets, "assessmentCycle.id": cycleIds, "rubric.id": rubrics, from: rubrics, to: rubrics, rubric: rubrics },
      ...{ cycle: cycleIds, sheet: sheets, adjustment: [adjustment], criterion, criteria: criterion, units: MEMBERS },
      ...{
        unit: ["04", ...MEMBERS],
        code: ["04", ...MEMBERS],
        year: [2025, 2026],
        period: ["2025", "2026"],
        points: [0, 1, 5.25],
        value: [0, 0.5, 1],
      },
    },
    callers: [undefined, ...(["admin", "one", "interior", "stranger"] as const).map((who) => room.keyOf(who))],
  };
};
