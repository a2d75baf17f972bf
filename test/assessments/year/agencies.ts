import { expect, it } from "vitest";
import { criterionOf, type SeenCycle, sheetOf } from "../cycle-room.ts";
import { classesOf, placesOf, rankingOf } from "./public-view.ts";
import { CENTRAL_CLASSES, CENTRAL_PLACES, DEPARTMENT_CLASSES, DEPARTMENT_PLACES } from "./published.ts";
import { CENTRAL, CENTRAL_RUBRIC, DEPARTMENT_RUBRIC, DEPARTMENTS, FINANCE, INTERIOR } from "./thanh-hoa.ts";
import { appraisal, REASON, selfScores, survey, type Year } from "./year-room.ts";

let departments: SeenCycle;
let central: SeenCycle;

/** Each block has its rubric; the tasks of departments begin. */
export const openAgencies = (year: Year): void => {
  it("opens the cycles of its 21 departments and 3 central agencies", async () => {
    const codesOf = (agencies: readonly (readonly [string, ...unknown[]])[]) => agencies.map(([name]) => year.codes.get(name)!);
    departments = await year.room.open(DEPARTMENT_RUBRIC, codesOf(DEPARTMENTS));
    central = await year.room.open(CENTRAL_RUBRIC, codesOf(CENTRAL));
    expect([departments.sheets.length, central.sheets.length]).toEqual([21, 3]);
    expect(
      await year.room.refusal("admin", "openAssessmentCycle", { rubric: departments.rubric.id, period: "2025", members: [INTERIOR] }),
    ).toBe("CONFLICT");
    for (const [name, , , tasks] of DEPARTMENTS) if (tasks) await year.room.assignTasks(year.codes.get(name)!, tasks, "2025-06-16");
  });
};

/** The departments, whose two appraisers are among them. */
export const playDepartments = (year: Year): void => {
  const sheet = (unit: string) => sheetOf(departments, unit).id;
  const members = DEPARTMENTS.map(([name, organisation, finance, tasks]) => ({ name, organisation, finance, tasks }));

  it("lets departments score themselves, and nobody else's sheet", async () => {
    year.room.goTo("2026-03-23");
    for (const { name, organisation, finance } of members) {
      const unit = year.codes.get(name)!;
      await year.room.done(unit, "scoreSelf", selfScores(departments, unit, { "1.1": organisation, "1.2": finance }));
      await year.room.done(unit, "submitScoreSheet", { sheet: sheet(unit) });
    }
    expect([
      await year.room.refusal(FINANCE, "scoreSelf", selfScores(departments, INTERIOR, { "1.1": 1 })),
      await year.room.refusal("14848", "scoreSelf", selfScores(departments, INTERIOR, { "1.1": 1 })),
      await year.room.refusal(INTERIOR, "submitScoreSheet", { sheet: sheet(INTERIOR) }),
    ]).toEqual(["NOT_FOUND", "NOT_FOUND", "CONFLICT"]);
  });

  it("lets two of them appraise their criteria of the others, and none of their own", async () => {
    await year.room.giveKey("interiorAdmin", INTERIOR, "ADMIN");
    await year.room.done("admin", "advanceAssessmentCycle", { cycle: departments.id, to: "FIRST_APPRAISAL" });
    for (const { name, organisation, finance } of members) {
      const unit = year.codes.get(name)!;
      await year.room.appraise(unit === INTERIOR ? "assessor" : "interior", departments, unit, { "1.1": organisation });
      await year.room.appraise(unit === FINANCE ? "assessor" : "finance", departments, unit, { "1.2": finance });
    }
    expect([
      await year.room.refusal("interior", "appraise", appraisal(departments, INTERIOR, { "1.1": 50 })),
      await year.room.refusal("interiorAdmin", "appraise", appraisal(departments, INTERIOR, { "1.1": 50 })),
      await year.room.refusal("interior", "appraise", appraisal(departments, FINANCE, { "1.2": 30 })),
      await year.room.refusal("interior", "appraise", appraisal(departments, FINANCE, { "2.1": 20 })),
    ]).toEqual(["FORBIDDEN", "FORBIDDEN", "items.0.criterion CRITERION_UNKNOWN", "items.0.criterion CRITERION_UNKNOWN"]);
  });

  it("publishes the departments, those without tasks by the criteria that apply", async () => {
    const advance = { cycle: departments.id, to: "SURVEY" };
    const withoutTasks = members.filter(({ tasks }) => tasks === null).map(({ name }) => year.codes.get(name)!);
    const { problems } = await year.room.change("admin", "advanceAssessmentCycle", advance);
    expect(problems).toEqual(withoutTasks.map(() => "to CRITERION_UNDECIDED"));
    for (const unit of withoutTasks) {
      const criteria = [criterionOf(sheetOf(departments, unit), "2.1")];
      await year.room.done("admin", "setApplicability", { sheet: sheet(unit), criteria, isApplicable: false, reason: REASON });
    }
    await year.room.done("admin", "advanceAssessmentCycle", advance);
    const last = year.codes.get("Ban Quản lý Di sản thành nhà Hồ")!;
    await year.room.done("admin", "adjustScore", { sheet: sheet(INTERIOR), kind: "BONUS", points: 1.5, reason: REASON });
    await year.room.done("admin", "adjustScore", { sheet: sheet(last), kind: "PENALTY", points: 1, reason: REASON });
    const correction = { sheet: sheet(INTERIOR), criterion: criterionOf(departments.sheets[0]!, "1.1"), points: 49 };
    expect(await year.room.refusal("admin", "correctPublishedScores", { cycle: departments.id, reason: REASON, items: [correction] })).toBe(
      "CONFLICT",
    );
    year.room.goTo("2026-04-01");
    await year.room.done("admin", "publishAssessmentCycle", { cycle: departments.id, title: "Quyết định 901/QĐ-UBND" });
    const ranking = await rankingOf(year.room, "DEPARTMENTS");
    expect(placesOf(ranking, ({ name }) => name)).toEqual(DEPARTMENT_PLACES);
    expect([ranking.version, classesOf(ranking)]).toEqual([1, DEPARTMENT_CLASSES]);
    const text = `{ unit(code: "${FINANCE}") { assessments(index: PAR) { year score rank rankOf classification { code } } } }`;
    const { unit: finance } = await year.room.answer<{ unit: { assessments: object[] } }>(null, text);
    expect(finance.assessments).toEqual([{ year: 2025, score: 91, rank: 2, rankOf: 21, classification: { code: "XUAT_SAC" } }]);
  });
};

export const playCentralAgencies = (year: Year): void => {
  it("publishes the central agencies, of which two share the second place", async () => {
    for (const [name, points] of CENTRAL) {
      const unit = year.codes.get(name)!;
      await year.room.done(unit, "scoreSelf", selfScores(central, unit, { "1": points }));
      await year.room.done(unit, "submitScoreSheet", { sheet: sheetOf(central, unit).id });
    }
    await year.room.done("admin", "advanceAssessmentCycle", { cycle: central.id, to: "FIRST_APPRAISAL" });
    for (const [name, points] of CENTRAL) await year.room.appraise("assessor", central, year.codes.get(name)!, { "1": points });
    await year.room.done("admin", "advanceAssessmentCycle", { cycle: central.id, to: "SURVEY" });
    const answers = Object.fromEntries(CENTRAL.map(([name, , of]) => [year.codes.get(name)!, [of, 0, 10 - of] as const]));
    await year.room.done("admin", "recordSurvey", survey(central, "2", answers));
    const bonus = { sheet: central.sheets[0]!.id, kind: "BONUS", points: 1, reason: REASON };
    expect(await year.room.refusal("admin", "adjustScore", bonus)).toBe("points CAP_EXCEEDED");
    await year.room.done("admin", "publishAssessmentCycle", { cycle: central.id, title: "Quyết định 902/QĐ-UBND" });
    const ranking = await rankingOf(year.room, "CENTRAL_AGENCIES");
    expect(placesOf(ranking, ({ name }) => name)).toEqual(CENTRAL_PLACES);
    expect([ranking.version, classesOf(ranking)]).toEqual([1, CENTRAL_CLASSES]);
  });
};
