import type { Module } from "../module/module.ts";
import { RecordImport, RecordRange, RecordUnit } from "./record.entity.ts";
import { UnitRecordsResolver } from "./record.resolver.ts";
import { recordCosts } from "./record.cost.ts";

export const recordModule: Module = {
  entities: [RecordRange, RecordUnit, RecordImport],
  resolvers: [UnitRecordsResolver],
  costs: recordCosts,
};
