import { Field, InterfaceType, Int, ObjectType } from "type-graphql";
import { enumType } from "../lib/enum.ts";
import type { Period } from "../lib/time/period.ts";
import { DateScalar, PeriodScalar } from "../lib/time/scalar.ts";
import type { Tier } from "../hierarchy/unit.entity.ts";
import type { Rollup } from "../rollups/rollup.ts";
import { SourceType } from "../figures/source.type.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import { TierEnum, UnitType } from "../units/unit.type.ts";

export type TaskMeasure =
  | "TOTAL"
  | "WITH_DEADLINE"
  | "WITHOUT_DEADLINE"
  | "ON_TIME"
  | "OVERDUE"
  | "COMPLETED_ON_TIME"
  | "COMPLETED_LATE"
  | "RUNNING_NOT_DUE"
  | "RUNNING_OVERDUE"
  | "COMPLETED_WITHOUT_DEADLINE"
  | "RUNNING_WITHOUT_DEADLINE"
  | "DELEGATED"
  | "EXTENDED"
  | "DUE"
  | "DUE_COMPLETED_ON_TIME";
export const TaskMeasureEnum = enumType<TaskMeasure>("TaskMeasure", "Measures of tasks (chỉ tiêu nhiệm vụ).", {
  TOTAL: "Running at the start or assigned in the period (tổng số nhiệm vụ).",
  WITH_DEADLINE: "With a deadline (có thời hạn).",
  WITHOUT_DEADLINE: "Without a deadline (không có thời hạn).",
  ON_TIME: "Completed on time, or running and not yet due (đúng hạn).",
  OVERDUE: "Completed late, or running and overdue (quá hạn).",
  COMPLETED_ON_TIME: "Completed by the deadline (hoàn thành đúng hạn).",
  COMPLETED_LATE: "Completed after the deadline (hoàn thành quá hạn).",
  RUNNING_NOT_DUE: "Running and not yet due (đang thực hiện, trong hạn).",
  RUNNING_OVERDUE: "Running and overdue (đang thực hiện, quá hạn).",
  COMPLETED_WITHOUT_DEADLINE: "Completed, without a deadline (hoàn thành, không thời hạn).",
  RUNNING_WITHOUT_DEADLINE: "Running, without a deadline (đang thực hiện, không thời hạn).",
  DELEGATED: "Delegated by the lead of another task, and counted at its own lead (được giao lại).",
  EXTENDED: "With an extended deadline (được gia hạn).",
  DUE: "With a deadline in the period (đến hạn trong kỳ).",
  DUE_COMPLETED_ON_TIME: "With a deadline in the period, and completed by it (đến hạn, hoàn thành đúng hạn).",
});

export type TaskRateBasis = "WITH_DEADLINE" | "DUE";
export const TaskRateBasisEnum = enumType<TaskRateBasis>(
  "TaskRateBasis",
  "Formulas of the on-time rate of tasks (cách tính tỷ lệ đúng hạn).",
  {
    WITH_DEADLINE: "onTime / withDeadline: of all tasks with a deadline.",
    DUE: "dueCompletedOnTime / due: of the tasks whose deadline is in the period, those completed by it.",
  },
);

@InterfaceType("TaskCounts", {
  resolveType: () => "TaskRollup",
  description:
    "Counts that a roll-up and its parts share (số liệu nhiệm vụ). Null means that no value was reported, which is not 0. " +
    "total = with + without deadline; with deadline = on time + overdue.",
})
export abstract class TaskCountsType {
  @Field(() => PeriodScalar, { description: "The requested period (kỳ báo cáo)." })
  period!: Period;

  @Field(() => Int, { nullable: true, description: "Running at the start or assigned in the period (tổng số nhiệm vụ)." })
  total!: number | null;

  @Field(() => Int, { nullable: true, description: "With a deadline (có thời hạn)." })
  withDeadline!: number | null;

  @Field(() => Int, { nullable: true, description: "Without a deadline (không có thời hạn)." })
  withoutDeadline!: number | null;

  @Field(() => Int, { nullable: true, description: "Completed on time, or running and not yet due (đúng hạn)." })
  onTime!: number | null;

  @Field(() => Int, { nullable: true, description: "Completed late, or running and overdue (quá hạn)." })
  overdue!: number | null;

  @Field(() => Int, { nullable: true, description: "Completed by the deadline (hoàn thành đúng hạn)." })
  completedOnTime!: number | null;

  @Field(() => Int, { nullable: true, description: "Completed after the deadline (hoàn thành quá hạn)." })
  completedLate!: number | null;

  @Field(() => Int, { nullable: true, description: "Running and not yet due (đang thực hiện, trong hạn)." })
  runningNotDue!: number | null;

  @Field(() => Int, { nullable: true, description: "Running and overdue (đang thực hiện, quá hạn)." })
  runningOverdue!: number | null;

  @Field(() => Int, { nullable: true, description: "Completed, without a deadline (hoàn thành, không thời hạn)." })
  completedWithoutDeadline!: number | null;

  @Field(() => Int, { nullable: true, description: "Running, without a deadline (đang thực hiện, không thời hạn)." })
  runningWithoutDeadline!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "Tasks of total that were delegated from another task; each counts at its own lead, too (được giao lại).",
  })
  delegated!: number | null;

  @Field(() => Int, { nullable: true, description: "Tasks of withDeadline whose deadline was changed (được gia hạn)." })
  extended!: number | null;

  @Field(() => Int, { nullable: true, description: "With a deadline in the counted days (đến hạn trong kỳ)." })
  due!: number | null;

  @Field(() => Int, { nullable: true, description: "Tasks of due that were completed by the deadline (đến hạn, hoàn thành đúng hạn)." })
  dueCompletedOnTime!: number | null;
}

@ObjectType("TaskRollup", {
  implements: TaskCountsType,
  simpleResolvers: true,
  description:
    "Tasks (nhiệm vụ được giao) of a subtree. Counts add up over its units, by the unit that leads a task now; null means that no value was reported, which is not 0. " +
    "total = with + without deadline; with deadline = on time + overdue.",
})
export class TaskRollupType extends TaskCountsType {
  @Field(() => DateScalar, {
    nullable: true,
    description:
      "The last day whose tasks count: the last day of the period or, for a running period, today for VIEWERs of the unit and the end of the last half-month (1st to 14th, " +
      "15th to the end) for everybody else; null without records, and for these if a half-month is split (số liệu nhiệm vụ tính đến ngày).",
  })
  dataThrough!: string | null;
}

@ObjectType("TaskSubtotal", {
  implements: TaskCountsType,
  simpleResolvers: true,
  description: "Counts and rates of a part, without the fields that need the whole (số liệu thành phần).",
})
export class TaskSubtotalType extends TaskCountsType {}

@ObjectType("TaskTierRollup", { simpleResolvers: true, description: "The roll-up of the tasks that one tier led (tổng hợp theo cấp)." })
export class TaskTierRollupType {
  @Field(() => TierEnum, { description: "Tier of the leading units (cấp)." })
  tier!: Tier;

  @Field(() => TaskRollupType, { description: "Their tasks." })
  rollup!: Rollup;
}

@ObjectType("TaskPart", { simpleResolvers: true, description: "One of the parts that add up to a roll-up of tasks (thành phần)." })
export class TaskPartType {
  @Field(() => UnitType, { description: "A unit below, an agency of the unit, or the unit itself for the remainder (đơn vị)." })
  unit!: UnitView;

  @Field(() => TaskSubtotalType, {
    description:
      "Its tasks. A number of the remainder may be negative if reports contradict each other, or agencies count where they sit and not above (số liệu).",
  })
  counts!: Rollup;

  @Field(() => Boolean, {
    description:
      "True for the last part, whose unit is the whole's own: tasks that it leads, or that are not assigned to a lower unit (phần còn lại).",
  })
  isRemainder!: boolean;
}

@ObjectType("TaskReconciliation", { simpleResolvers: true, description: "A reported figure and the single tasks (đối soát số liệu)." })
export class TaskReconciliationType {
  @Field(() => TaskMeasureEnum, { description: "The measure (chỉ tiêu)." })
  measure!: TaskMeasure;

  @Field(() => Int, { description: "The reported number (số báo cáo)." })
  reported!: number;

  @Field(() => Int, { description: "Count of the tasks of the same tiers (số từ nhiệm vụ)." })
  recorded!: number;

  @Field(() => Int, { description: "Recorded minus reported (chênh lệch)." })
  difference!: number;

  @Field(() => SourceType, { description: "The source of the figure (nguồn)." })
  source!: SourceType;
}
