import { Arg, Authorized, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from "type-graphql";
import type { Permission } from "../access/permission.ts";
import type { RequestContext } from "../access/request-context.ts";
import { figureLoaders } from "../figures/figure.loaders.ts";
import { SourceType } from "../figures/source.type.ts";
import { DateScalar } from "../lib/time/scalar.ts";
import { UnitType } from "../units/unit.type.ts";
import { TaskEventConnection, TaskEventType } from "./task-event.type.ts";
import { taskIdOf } from "./task-id.ts";
import { countTasks, listTasks } from "./task-list.service.ts";
import type { TaskList } from "./task-list.ts";
import { TaskFilter, type TaskOrder, TaskOrderEnum } from "./task.filter.ts";
import { taskLoaders, type TaskEventView, type TaskView } from "./task.loaders.ts";
import { coordinatorsOf, eventsOfTask, findTask, taskTimelinessOf, unitOfTask, viewerActions } from "./task.service.ts";
import { TaskActionEnum, TaskConnection, TaskTimelinessEnum, TaskType } from "./task.type.ts";

@Resolver()
export class TaskQueries {
  @Authorized<Permission>("tasks:read")
  @Query(() => TaskType, {
    nullable: true,
    description: "Seen by VIEWERs of the unit that leads, assigns or coordinates it; null for all others (tra cứu nhiệm vụ).",
  })
  task(@Arg("id", () => ID, { description: "Id of the task." }) id: string, @Ctx() context: RequestContext) {
    return findTask(context, id);
  }

  @Authorized<Permission>("tasks:read")
  @Query(() => TaskConnection, {
    description:
      "Tasks that units lead, assign or coordinate of which the caller is VIEWER, each once. BAD_USER_INPUT for an unknown unit (danh sách nhiệm vụ).",
  })
  tasks(
    @Arg("filter", () => TaskFilter, { description: "Conditions of the tasks." }) filter: TaskFilter,
    @Arg("orderBy", () => TaskOrderEnum, { defaultValue: "DEADLINE", description: "The order of the list." }) orderBy: TaskOrder,
    @Arg("first", () => Int, { defaultValue: 50, description: "Maximum number of tasks, 1 to 1,000." }) first: number,
    @Arg("after", () => String, { nullable: true, description: "Cursor after which the page begins." }) after: string | undefined,
    @Ctx() context: RequestContext,
  ) {
    return listTasks(context, { filter, orderBy, first, after });
  }
}

@Resolver(() => TaskType)
export class TaskResolver {
  @FieldResolver(() => ID, { description: "Stable; of source and code together (định danh)." })
  id(@Root() task: TaskView) {
    return taskIdOf(task);
  }

  @FieldResolver(() => SourceType, {
    description: "The system that it came from; of tasks assigned here one of each assigning unit (nguồn).",
  })
  source(@Root() { sourceNo }: TaskView, @Ctx() context: RequestContext) {
    return context.use(figureLoaders).sourceByNo.load(sourceNo);
  }

  @FieldResolver(() => UnitType, { description: "The unit that assigned it, as of the day of assignment (đơn vị giao)." })
  assignedBy(@Root() { assignerNo, assignedOn }: TaskView, @Ctx() context: RequestContext) {
    return unitOfTask(context, assignerNo, assignedOn);
  }

  @FieldResolver(() => UnitType, {
    description: "The responsible unit, as of the day of assignment; a unit that did not exist then, as of today (chủ trì).",
  })
  lead(@Root() { leadNo, assignedOn }: TaskView, @Ctx() context: RequestContext) {
    return unitOfTask(context, leadNo, assignedOn);
  }

  @FieldResolver(() => [UnitType], { description: "The coordinating units, by code (phối hợp)." })
  coordinators(@Root() task: TaskView, @Ctx() context: RequestContext) {
    return coordinatorsOf(context, task);
  }

  @FieldResolver(() => TaskType, {
    nullable: true,
    description: "The task from which it was delegated; null where there is none, or the caller may not see it (nhiệm vụ cha).",
  })
  parent(@Root() { parent }: TaskView, @Ctx() context: RequestContext) {
    return parent && context.use(taskLoaders).taskByIdentity.load(parent);
  }

  @FieldResolver(() => [TaskType], {
    description: "The tasks delegated from it that the caller may see, by day of assignment, then code (nhiệm vụ con).",
  })
  subtasks(@Root() task: TaskView, @Ctx() context: RequestContext) {
    return context.use(taskLoaders).subtasksOf.load(task);
  }

  @FieldResolver(() => TaskTimelinessEnum, {
    description: "Its timeliness at the end of asOf. BAD_USER_INPUT for a future day (tình trạng thời hạn).",
  })
  timeliness(
    @Root() task: TaskView,
    @Arg("asOf", () => DateScalar, { nullable: true, description: "The day at whose end the timeliness is computed; default: today." })
    asOf: string | undefined,
    @Ctx() context: RequestContext,
  ) {
    return taskTimelinessOf(context, task, asOf);
  }

  @FieldResolver(() => TaskEventConnection, { description: "Its events, the oldest first (lịch sử)." })
  events(
    @Root() task: TaskView,
    @Arg("first", () => Int, { defaultValue: 50, description: "Maximum number of events, 1 to 1,000." }) first: number,
    @Arg("after", () => String, { nullable: true, description: "Cursor after which the page begins." }) after: string | undefined,
    @Ctx() context: RequestContext,
  ) {
    return eventsOfTask(context, task, first, after);
  }

  @FieldResolver(() => [TaskActionEnum], {
    description: "The steps that the caller may take now, in the order of the enum (thao tác được phép).",
  })
  viewerCan(@Root() task: TaskView, @Ctx() context: RequestContext) {
    return viewerActions(context, task);
  }
}

@Resolver(() => TaskConnection)
export class TaskConnectionResolver {
  @FieldResolver(() => Int, { description: "All of the list, whatever the page." })
  totalCount(@Root() { list }: { list: TaskList }, @Ctx() context: RequestContext) {
    return countTasks(context, list);
  }
}

@Resolver(() => TaskEventType)
export class TaskEventResolver {
  @FieldResolver(() => UnitType, { description: "The unit on whose behalf it was done, as it was on that day (đơn vị thực hiện)." })
  unit(@Root() { unitNo, atOn }: TaskEventView, @Ctx() context: RequestContext) {
    return unitOfTask(context, unitNo, atOn);
  }

  @FieldResolver(() => UnitType, {
    nullable: true,
    description: "The lead before a REASSIGNED, as it was on that day; null elsewhere (chủ trì cũ).",
  })
  formerLead(@Root() { formerLeadNo, atOn }: TaskEventView, @Ctx() context: RequestContext) {
    return formerLeadNo === null ? null : unitOfTask(context, formerLeadNo, atOn);
  }
}
