import { defineEntity, p } from "@mikro-orm/core";
import { Unit } from "../../hierarchy/unit.entity.ts";
import { AssessmentCycle, ScoreSheet } from "../cycles/cycle.entity.ts";
import { Rubric } from "../rubrics/rubric.entity.ts";
import type { FrozenLeaf } from "./publication.ts";

// Nothing of a publication changes but that a later version supersedes it. All points are in hundredths.

const RankingPublicationSchema = defineEntity({
  name: "RankingPublication",
  uniques: [{ properties: ["cycle", "version"] }],
  indexes: [{ properties: ["organiser", "indexKind", "year"] }],
  properties: {
    id: p.integer().primary().autoincrement(),
    key: p.text().unique(),
    cycle: () => p.manyToOne(AssessmentCycle),
    rubric: () => p.manyToOne(Rubric),
    organiser: () => p.manyToOne(Unit),
    indexKind: p.text(),
    blockCode: p.text(),
    year: p.integer(),
    version: p.integer().comment("Counts from 1"),
    title: p.text(),
    publishedOn: p.date(),
    reason: p.text().nullable().comment("Why it corrects the version before; null for the first"),
    ranked: p.integer().comment("Number of members with a rank"),
    madeAt: p.datetime(3),
    supersededAt: p.datetime(3).nullable(),
  },
});
export class RankingPublication extends RankingPublicationSchema.class {}
RankingPublicationSchema.setClass(RankingPublication);

/** The published result of one member, which is public. */
const PublishedScoreSchema = defineEntity({
  name: "PublishedScore",
  indexes: [{ properties: ["unit"] }],
  properties: {
    publication: () => p.manyToOne(RankingPublication).primary(),
    unit: () => p.manyToOne(Unit).primary(),
    organiserId: p.integer(),
    total: p.integer().nullable(),
    scaled: p.integer().nullable(),
    rank: p.integer().nullable(),
    classification: p.text().nullable(),
    classReason: p.text().nullable().comment("Why the class is not that of the band"),
  },
});
export class PublishedScore extends PublishedScoreSchema.class {}
PublishedScoreSchema.setClass(PublishedScore);

/** The leaves that a published result was made of, for those who may see the sheet. */
const PublishedSheetSchema = defineEntity({
  name: "PublishedSheet",
  indexes: [{ properties: ["unitId"] }],
  properties: {
    publication: () => p.manyToOne(RankingPublication).primary(),
    sheet: () => p.manyToOne(ScoreSheet).primary(),
    unitId: p.integer(),
    organiserId: p.integer(),
    leaves: p.json<readonly FrozenLeaf[]>(),
  },
});
export class PublishedSheet extends PublishedSheetSchema.class {}
PublishedSheetSchema.setClass(PublishedSheet);
