import type { Module } from "../module/module.ts";
import {
  DossierRollupRow,
  RollupKnowledge,
  RollupSet,
  RollupSource,
  RollupVersion,
  ServiceRollupRow,
  TaskRollupRow,
} from "./rollup.entity.ts";
import { rollupCosts } from "./rollup.cost.ts";

export const rollupModule: Module = {
  entities: [RollupSet, DossierRollupRow, TaskRollupRow, ServiceRollupRow, RollupSource, RollupKnowledge, RollupVersion],
  costs: rollupCosts,
};
