import { defineEntity, p } from "@mikro-orm/core";
import { Edition } from "../hierarchy/unit.entity.ts";
import { DOSSIER, type RollupKind, SERVICE, summedColumns, TASK } from "../figures/measure.ts";

/**
 * The roll-ups of one period on one edition, built by the first read and deleted when a figure of the period changes. The cell edition is the hierarchy of the last counted
 * day, usually the last day of the period.
 */
const RollupSetSchema = defineEntity({
  name: "RollupSet",
  uniques: [{ properties: ["edition", "periodFrom", "periodTo", "cellEdition", "drafts", "recorded", "countedTo"] }],
  properties: {
    id: p.integer().primary().autoincrement().comment("Below 0 where drafts are counted, too"),
    edition: () => p.manyToOne(Edition).deleteRule("cascade"),
    periodFrom: p.date(),
    periodTo: p.date(),
    cellEdition: () => p.manyToOne(Edition).deleteRule("cascade"),
    drafts: p.text().default("").comment("Numbers of the drafts that are counted besides what is published, by commas"),
    recorded: p.boolean().default(false).comment("Whether it tells what figures change of what records of dossiers add up to"),
    countedTo: p.date().comment("Last day of which records are counted; where none are, that of the period"),
    rows: p.integer(),
    places: p
      .array((text) => Number(text))
      .columnType("int[]")
      .default([])
      .comment("Places of rollup_version whose records it rests on"),
    version: p.bigint("number").default(0).comment("The version of the places in the snapshot that it was made of"),
  },
});
export class RollupSet extends RollupSetSchema.class {}
RollupSetSchema.setClass(RollupSet);

/** The version of what stored roll-ups depend on: all rows of a place and month. */
const RollupVersionSchema = defineEntity({
  name: "RollupVersion",
  indexes: [{ properties: ["placeId", "startsOn"] }],
  properties: {
    id: p.bigint("number").primary().autoincrement(),
    placeId: p
      .integer()
      .comment("A province, or what is at the top where units are in none; 0 for reports and contributions, -1 for units"),
    startsOn: p.date().comment("First day of the month from which on something changed"),
    version: p.bigint("number"),
  },
});
export class RollupVersion extends RollupVersionSchema.class {}
RollupVersionSchema.setClass(RollupVersion);

/** Value of `slot` for all tiers together; every other value is a tier. */
export const ALL_TIERS = "ALL";

/** Possible amounts by measure, and rates that a source printed without their parts. */
export interface QuotedRate {
  value: number | null;
  low: number | null;
  high: number | null;
}

const rollupTable = (kind: RollupKind, name: string) =>
  defineEntity({
    name,
    properties: {
      set: () => p.manyToOne(RollupSet).primary().deleteRule("cascade"),
      unitId: p.integer().primary(),
      slot: p.text().primary().comment("Tier of the handling units, or ALL"),
      covered: p.integer().comment("Units of which something is reported"),
      reported: p.integer().comment("Bit n is set if every covered unit reports measure n"),
      exact: p.boolean(),
      possible: p.json<Record<string, number>>().nullable().comment("What may belong here besides, by column"),
      quoted: p.json<Record<string, QuotedRate>>().nullable(),
      ...Object.fromEntries(summedColumns(kind).map((column) => [column, p.bigint("number").nullable()])),
    },
  });

export const DossierRollupRow = rollupTable(DOSSIER, "DossierRollup");
export const TaskRollupRow = rollupTable(TASK, "TaskRollup");
export const ServiceRollupRow = rollupTable(SERVICE, "ServiceRollup");

/** The measures that figures report per unit, for kinds and periods that also have records. */
const RollupKnowledgeSchema = defineEntity({
  name: "RollupKnowledge",
  properties: {
    set: () => p.manyToOne(RollupSet).primary().deleteRule("cascade"),
    kind: p.text().primary().comment("Kind of roll-up: dossier or task"),
    unitId: p.integer().primary(),
    authorId: p.integer().primary(),
    slot: p.text().primary(),
    mask: p.integer().comment("Bit n: measure n"),
  },
});
export class RollupKnowledge extends RollupKnowledgeSchema.class {}
RollupKnowledgeSchema.setClass(RollupKnowledge);

/** The sources of a set's cells, by the unit that stated them or that they may belong to. */
const RollupSourceSchema = defineEntity({
  name: "RollupSource",
  indexes: [{ properties: ["set", "unitId"] }],
  properties: {
    id: p.integer().primary().autoincrement(),
    set: () => p.manyToOne(RollupSet).deleteRule("cascade"),
    kind: p.text(),
    slot: p.text(),
    unitId: p.integer(),
    sourceId: p.integer(),
    own: p.boolean().comment("Of a quoted rate only, which is its unit's own and does not roll up"),
  },
});
export class RollupSource extends RollupSourceSchema.class {}
RollupSourceSchema.setClass(RollupSource);
