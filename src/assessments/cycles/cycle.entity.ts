import { defineEntity, p } from "@mikro-orm/core";
import { Unit } from "../../hierarchy/unit.entity.ts";
import { Rubric } from "../rubrics/rubric.entity.ts";
import type { AdjustmentKind, CycleStage, ScoreEvidence, StoredDeadline } from "./cycle-vocabulary.ts";

// All points are in hundredths. The rows of a sheet repeat its unit and its organiser, so that row-level security needs no other table.

const numbers = () => p.array((text) => Number(text)).columnType("int[]");

const AssessmentCycleSchema = defineEntity({
  name: "AssessmentCycle",
  indexes: [{ properties: ["organiser"] }],
  properties: {
    id: p.integer().primary().autoincrement(),
    rubric: () => p.manyToOne(Rubric).unique(),
    organiser: () => p.manyToOne(Unit),
    memberIds: numbers(),
    appraiserIds: numbers().comment("Units other than the organiser that appraise criteria"),
    unranked: p.json<Readonly<Record<string, string>>>().comment("Reasons by number of those members that are scored and not ranked"),
    period: p.text(),
    periodFrom: p.date(),
    periodTo: p.date(),
    stage: p.text().$type<CycleStage>(),
    deadlines: p.json<readonly StoredDeadline[]>(),
    openedAt: p.datetime(),
  },
});
export class AssessmentCycle extends AssessmentCycleSchema.class {}
AssessmentCycleSchema.setClass(AssessmentCycle);

const ScoreSheetSchema = defineEntity({
  name: "ScoreSheet",
  uniques: [{ properties: ["cycle", "unit"] }],
  indexes: [{ properties: ["unit"] }],
  properties: {
    id: p.integer().primary().autoincrement(),
    cycle: () => p.manyToOne(AssessmentCycle),
    unit: () => p.manyToOne(Unit),
    organiser: () => p.manyToOne(Unit),
    appraiserIds: numbers().comment("Units other than the organiser and the unit itself that appraise criteria of it"),
    submittedAt: p.datetime(3).nullable(),
    reopenedUntil: p.date().nullable().comment("The last day on which the unit may write after a deadline or its submission"),
    overrideClass: p.text().nullable(),
    overrideReason: p.text().nullable(),
  },
});
export class ScoreSheet extends ScoreSheetSchema.class {}
ScoreSheetSchema.setClass(ScoreSheet);

/** The scores of a leaf of the rubric. */
const ScoreItemSchema = defineEntity({
  name: "ScoreItem",
  properties: {
    // A foreign key would take as long as the rest of opening a cycle, which writes up to hundreds of thousands of rows.
    sheetId: p.integer().primary(),
    position: p.integer().primary().comment("Of the criterion"),
    unitId: p.integer(),
    organiserId: p.integer(),
    appraiserId: p
      .integer()
      .nullable()
      .comment("Null where it is the organiser, also for the criteria that the unit itself appraises of others"),
    isApplicable: p.boolean().default(true),
    applicabilityReason: p.text().nullable(),
    self: p.integer().nullable(),
    first: p.integer().nullable(),
    second: p.integer().nullable(),
    corrected: p.integer().nullable().comment("By a correction of what was published"),
    selfNote: p.text().nullable(),
    firstNote: p.text().nullable(),
    explanation: p.text().nullable(),
    secondNote: p.text().nullable(),
    evidence: p.json<readonly ScoreEvidence[]>(),
    receipt: p.json().nullable().comment("Of a computed criterion: why it has its points, as frozen when the sheet was handed in"),
  },
});
export class ScoreItem extends ScoreItemSchema.class {}
ScoreItemSchema.setClass(ScoreItem);

const ScoreAdjustmentSchema = defineEntity({
  name: "ScoreAdjustment",
  indexes: [{ properties: ["sheet"] }],
  properties: {
    id: p.integer().primary().autoincrement(),
    sheet: () => p.manyToOne(ScoreSheet),
    unitId: p.integer(),
    organiserId: p.integer(),
    kind: p.text().$type<AdjustmentKind>(),
    points: p.integer(),
    reason: p.text(),
    decidedAt: p.datetime(3),
    removedAt: p.datetime(3).nullable(),
    removedReason: p.text().nullable(),
  },
});
export class ScoreAdjustment extends ScoreAdjustmentSchema.class {}
ScoreAdjustmentSchema.setClass(ScoreAdjustment);

/** The sums of the answers of one group of respondents about one criterion of a member. */
const SurveyAnswerSchema = defineEntity({
  name: "SurveyAnswer",
  properties: {
    sheet: () => p.manyToOne(ScoreSheet).primary(),
    position: p.integer().primary().comment("Of the criterion"),
    respondents: p.text().primary().comment("The group of those who answered"),
    unitId: p.integer(),
    organiserId: p.integer(),
    weighted: p.bigint("number").comment("Sum of weight × count, weights in hundredths"),
    answers: p.bigint("number").comment("Sum of counts"),
  },
});
export class SurveyAnswer extends SurveyAnswerSchema.class {}
SurveyAnswerSchema.setClass(SurveyAnswer);
