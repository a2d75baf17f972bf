import type { Module } from "../module/module.ts";
import { TaskImportMutations } from "./import/task-import.resolver.ts";
import { TaskAssignerMutations, TaskLeadMutations } from "./task-mutation.resolver.ts";
import { TaskCountsResolver, TaskRollupResolver, UnitTasksResolver } from "./task-rollup.resolver.ts";
import { taskCosts } from "./task.cost.ts";
import { Task, TaskCoordinator, TaskEvent, TaskNumber, TaskTreeCount, TaskUnitCount } from "./task.entity.ts";
import { findReferencedTask } from "./task.reference.ts";
import { TASK_OPERATIONS } from "./task-step.service.ts";
import { TaskConnectionResolver, TaskEventResolver, TaskQueries, TaskResolver } from "./task.resolver.ts";

export const taskModule: Module = {
  entities: [Task, TaskEvent, TaskCoordinator, TaskNumber, TaskUnitCount, TaskTreeCount],
  resolvers: [
    UnitTasksResolver,
    TaskCountsResolver,
    TaskRollupResolver,
    TaskQueries,
    TaskResolver,
    TaskConnectionResolver,
    TaskEventResolver,
    TaskLeadMutations,
    TaskAssignerMutations,
    TaskImportMutations,
  ],
  references: { Task: findReferencedTask },
  costs: taskCosts,
  lateReaders: TASK_OPERATIONS,
};
