import type { Module } from "../module/module.ts";
import { TaskRollupResolver, UnitTasksResolver } from "./task-rollup.resolver.ts";
import { taskCosts } from "./task.cost.ts";

export const taskModule: Module = {
  resolvers: [UnitTasksResolver, TaskRollupResolver],
  costs: taskCosts,
};
