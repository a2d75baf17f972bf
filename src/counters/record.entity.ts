import { defineEntity, p } from "@mikro-orm/core";
import { Unit } from "../hierarchy/unit.entity.ts";

export const RECORD_KINDS = ["DOSSIERS", "TASKS"] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** The days for which the records of a unit are declared complete. The ranges of a unit never touch. */
const RecordRangeSchema = defineEntity({
  name: "RecordRange",
  properties: {
    unit: () => p.manyToOne(Unit).primary(),
    kind: p.text().$type<RecordKind>().primary(),
    since: p.date().primary(),
    through: p.date(),
  },
});
export class RecordRange extends RecordRangeSchema.class {}
RecordRangeSchema.setClass(RecordRange);

// Keys of growing tables begin with the province, by which the tables may be distributed, and have no foreign keys.

const RecordUnitSchema = defineEntity({
  name: "RecordUnit",
  indexes: [{ properties: ["unitId"] }],
  properties: {
    provinceId: p.integer().primary(),
    unitId: p.integer().primary(),
    kind: p.text().$type<RecordKind>().primary(),
    sourceId: p.integer().primary(),
    records: p.integer().comment("How many there are that count"),
    firstOn: p.date().nullable().comment("No record that counts begins before this day"),
    lastImportAt: p.datetime().nullable().comment("Null where none was imported"),
  },
});
export class RecordUnit extends RecordUnitSchema.class {}
RecordUnitSchema.setClass(RecordUnit);

/** The import ledger: one row for each committed import. */
const RecordImportSchema = defineEntity({
  name: "RecordImport",
  uniques: [{ properties: ["provinceId", "key"] }],
  properties: {
    provinceId: p.integer().primary().comment("Province of the unit of the source; 0 where that is of none"),
    id: p.bigint("number").primary().autoincrement(),
    key: p.text().comment("Public id"),
    kind: p.text().$type<RecordKind>(),
    sourceId: p.integer(),
    at: p.datetime(),
    actor: p.text(),
    operation: p.text(),
    created: p.integer(),
    updated: p.integer(),
    unchanged: p.integer(),
    stale: p.integer(),
    rejected: p.integer(),
  },
});
export class RecordImport extends RecordImportSchema.class {}
RecordImportSchema.setClass(RecordImport);
