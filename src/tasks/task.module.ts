import type { Module } from "../module/module.ts";
import { TaskRollupResolver, UnitTasksResolver } from "./task-rollup.resolver.ts";

export const taskModule: Module = {
  resolvers: [UnitTasksResolver, TaskRollupResolver],
};
