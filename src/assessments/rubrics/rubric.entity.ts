import { defineEntity, p } from "@mikro-orm/core";
import { Unit } from "../../hierarchy/unit.entity.ts";
import type { ScoreBand } from "../scoring/bands.ts";
import type { ScoreStep } from "../scoring/steps.ts";
import type { IndexKind } from "../vocabulary.ts";

// All points are in hundredths.

export const RUBRIC_STATES = ["DRAFT", "PUBLISHED"] as const;
export type RubricState = (typeof RUBRIC_STATES)[number];

export const CRITERION_SCORINGS = ["MANUAL", "INDICATOR", "SURVEY"] as const;
export type CriterionScoring = (typeof CRITERION_SCORINGS)[number];

const RubricSchema = defineEntity({
  name: "Rubric",
  uniques: [{ properties: ["organiser", "indexKind", "blockCode", "year", "version"] }],
  properties: {
    id: p.integer().primary().autoincrement(),
    organiser: () => p.manyToOne(Unit).comment("The unit that judges by it"),
    indexKind: p.text().$type<IndexKind>(),
    blockCode: p.text(),
    blockName: p.text(),
    year: p.integer(),
    version: p.integer().comment("Counts from 1"),
    name: p.text(),
    maxPoints: p.integer().comment("In hundredths, as all points"),
    bonusMax: p.integer(),
    penaltyMax: p.integer(),
    bands: p.json<readonly ScoreBand[]>(),
    state: p.text().$type<RubricState>(),
    madeAt: p.datetime(),
    publishedAt: p.datetime().nullable(),
  },
});
export class Rubric extends RubricSchema.class {}
RubricSchema.setClass(Rubric);

/** A node of the tree of a rubric. */
const CriterionSchema = defineEntity({
  name: "RubricCriterion",
  tableName: "criterion",
  properties: {
    rubric: () => p.manyToOne(Rubric).primary(),
    position: p.integer().primary().comment("From 1 on, in the order of the rubric"),
    code: p.text(),
    name: p.text(),
    parentPosition: p.integer().nullable(),
    maxPoints: p.integer(),
    scale: p.text().nullable(),
    scoring: p.text().$type<CriterionScoring>().nullable().comment("Null for inner nodes"),
    indicator: p.text().nullable().comment("Code of the indicator"),
    steps: p.json<readonly ScoreStep[]>(),
    appraiser: () => p.manyToOne(Unit).nullable().comment("Null where it is the organiser"),
    evidenceRequired: p.boolean(),
  },
});
export class RubricCriterion extends CriterionSchema.class {}
CriterionSchema.setClass(RubricCriterion);
