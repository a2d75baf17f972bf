import { Field, ID, InputType, Int } from "type-graphql";
import type { RequestContext } from "../access/request-context.ts";
import { tracedEdition } from "../hierarchy/edition.ts";
import { searchWords } from "../hierarchy/search.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import { enumType } from "../lib/enum.ts";
import { BadUserInput } from "../lib/errors.ts";
import { type Day, parseKnownDay } from "../lib/time/date.ts";
import { begunPeriod, parsePeriod, type Period } from "../lib/time/period.ts";
import { DateScalar, PeriodScalar } from "../lib/time/scalar.ts";
import { unitNamed } from "../units/unit.service.ts";
import { TASK_PROGRESS, type TaskProgress } from "./task-steps.ts";
import { lastDayWithin, lastNearDay, type TaskTimeliness } from "./task-timeliness.ts";
import { workCalendarOf } from "./task.service.ts";
import { TaskProgressEnum, TaskTimelinessEnum } from "./task.type.ts";

export type TaskOrder = "DEADLINE" | "ASSIGNED_ON_DESC";
export const TaskOrderEnum = enumType<TaskOrder>("TaskOrder", "The order of tasks in a list (thứ tự).", {
  DEADLINE: "By deadline: the earliest first, those without one last (theo thời hạn).",
  ASSIGNED_ON_DESC: "By day of assignment: the latest first (theo ngày giao, mới nhất trước).",
});

@InputType("TaskFilter", { description: "Selects tasks that meet all given conditions (điều kiện lọc nhiệm vụ)." })
export class TaskFilter {
  @Field(() => ID, {
    nullable: true,
    description: "Code or id of a unit: selects tasks led by it or by a unit that contributes certainly to it (đơn vị chủ trì).",
  })
  within?: string | null;

  @Field(() => DateScalar, {
    nullable: true,
    description:
      "Day of the hierarchy by which units and what is within them are resolved; default: today, or the last day of an ended unit. Only together " +
      "with a unit (ngày).",
  })
  asOf?: string | null;

  @Field(() => ID, { nullable: true, description: "Code or id of a unit: selects tasks that this unit itself assigned (đơn vị giao)." })
  assignedBy?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "Code or id of a unit: selects tasks that this unit itself coordinates (đơn vị phối hợp).",
  })
  coordinator?: string | null;

  @Field(() => [TaskProgressEnum], {
    nullable: true,
    description: "Selects tasks with this progress; an empty list selects none (tiến độ).",
  })
  progress?: TaskProgress[] | null;

  @Field(() => [TaskTimelinessEnum], {
    nullable: true,
    description: "Selects tasks with this timeliness today; an empty list selects none (tình trạng thời hạn).",
  })
  timeliness?: TaskTimeliness[] | null;

  @Field(() => PeriodScalar, {
    nullable: true,
    description: "Selects tasks assigned in this period, which must have begun by today (kỳ giao).",
  })
  assigned?: string | null;

  @Field(() => PeriodScalar, { nullable: true, description: "Selects tasks with a deadline in this period (kỳ đến hạn)." })
  deadline?: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "Not completed, postponed or cancelled, and due within so many working days from today, overdue ones included; 0 to 250 (sắp đến hạn).",
  })
  dueWithin?: number | null;

  @Field(() => String, {
    nullable: true,
    description: "Words that begin words of title, product or document number; case and diacritics ignored (từ khóa).",
  })
  search?: string | null;

  @Field(() => Boolean, { defaultValue: false, description: "Selects tasks that were not delegated from another task (chỉ nhiệm vụ gốc)." })
  rootsOnly!: boolean;
}

/** A filter by internal numbers. Null means all. */
export interface TaskCondition {
  readonly within: { readonly unitNo: number; readonly editionId: number } | null;
  readonly assignerNo: number | null;
  readonly coordinatorNo: number | null;
  readonly progress: readonly number[] | null;
  readonly timeliness: readonly TaskTimeliness[] | null;
  readonly assigned: Period | null;
  readonly deadline: Period | null;
  /** The last day of a deadline that is due; null where all are meant. */
  readonly dueBy: Day | null;
  readonly words: readonly string[];
  readonly rootsOnly: boolean;
  readonly today: Day;
  /** The last day of a deadline that is nearly due; null if not requested. */
  readonly nearUntil: Day | null;
}

type Asking = Pick<RequestContext, "session" | "hierarchy" | "today" | "use">;

const MAX_WORKING_DAYS = 250;

export const taskConditionOf = async (context: Asking, filter: TaskFilter): Promise<TaskCondition> => {
  const { progress, timeliness, assigned, deadline, search, rootsOnly } = filter;
  const periods = {
    assigned: assigned == null ? null : begunPeriod("filter.assigned", assigned, context.today),
    deadline: deadline == null ? null : parsePeriod("filter.deadline", deadline),
  };
  return {
    ...(await unitsOfFilter(context, filter)),
    progress: progress?.map((one) => TASK_PROGRESS.indexOf(one) + 1) ?? null,
    timeliness: timeliness ?? null,
    ...periods,
    ...(await daysOfFilter(context, filter)),
    words: search == null ? [] : searchWords("filter.search", search).map((word) => ` ${word}`),
    rootsOnly,
    today: context.today,
  };
};

const daysOfFilter = async (
  context: Asking,
  { dueWithin, timeliness }: TaskFilter,
): Promise<Pick<TaskCondition, "dueBy" | "nearUntil">> => {
  if (dueWithin != null && (dueWithin < 0 || dueWithin > MAX_WORKING_DAYS))
    throw new BadUserInput("filter.dueWithin", dueWithin, `must be a whole number from 0 to ${MAX_WORKING_DAYS}`);
  if (dueWithin == null && timeliness == null) return { dueBy: null, nearUntil: null };
  const calendar = await workCalendarOf(context);
  return {
    dueBy: dueWithin == null ? null : lastDayWithin(calendar, context.today, dueWithin),
    nearUntil: lastNearDay(calendar, context.today),
  };
};

const unitsOfFilter = async (
  context: Asking,
  { within, assignedBy, coordinator, asOf }: TaskFilter,
): Promise<Pick<TaskCondition, "within" | "assignerNo" | "coordinatorNo">> => {
  const day = asOf == null ? null : parseKnownDay("filter.asOf", asOf);
  if (day !== null && within == null && assignedBy == null && coordinator == null)
    throw new BadUserInput("filter.asOf", day, "must be given together with within, assignedBy or coordinator");
  const named = (argument: string, name: string | null | undefined): Promise<UnitView | null> =>
    name == null ? Promise.resolve(null) : unitNamed(context.use(unitLoaders), `filter.${argument}`, name, day);
  const [top, assigner, helper] = await Promise.all([
    named("within", within),
    named("assignedBy", assignedBy),
    named("coordinator", coordinator),
  ]);
  return { within: top && (await subtreeOf(context, top)), assignerNo: assigner?.no ?? null, coordinatorNo: helper?.no ?? null };
};

const subtreeOf = async (context: Asking, { no, asOf }: UnitView): Promise<TaskCondition["within"]> => ({
  unitNo: no,
  editionId: await tracedEdition(context, asOf),
});
