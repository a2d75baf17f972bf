import { Arg, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { TASK } from "../figures/measure.ts";
import { Rate } from "../rollups/rate.ts";
import type { Rollup } from "../rollups/rollup.ts";
import { reconciliationOf } from "../rollups/reconciliation.service.ts";
import { rollupOfCaller } from "../rollups/rollup-cut.service.ts";
import { coverageOf, incompleteOf } from "../rollups/rollup.loaders.ts";
import { partsOf } from "../rollups/rollup-parts.service.ts";
import { SourceType } from "../figures/source.type.ts";
import { Bounds, Coverage } from "../rollups/rollup.type.ts";
import type { RequestContext } from "../access/request-context.ts";
import { parsePeriod, type PeriodGrain } from "../lib/time/period.ts";
import { PeriodGrainEnum, PeriodScalar } from "../lib/time/scalar.ts";
import type { Tier } from "../hierarchy/unit.entity.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import { TierEnum, UnitType } from "../units/unit.type.ts";
import { taskSeries, tasksByTier } from "./task-rollup.service.ts";
import { taskRollupLoaders } from "./task-rollup.loaders.ts";
import {
  TaskCountsType,
  type TaskMeasure,
  TaskMeasureEnum,
  TaskPartType,
  type TaskRateBasis,
  TaskRateBasisEnum,
  TaskReconciliationType,
  TaskRollupType,
  TaskTierRollupType,
} from "./task-rollup.type.ts";

@Resolver(() => UnitType)
export class UnitTasksResolver {
  @FieldResolver(() => TaskRollupType, {
    description: "Tasks led in the subtree; leadBy keeps those led by units of one tier (tổng hợp nhiệm vụ).",
  })
  tasks(
    @Root() unit: UnitView,
    @Arg("period", () => PeriodScalar, { description: "Reporting period." }) period: string,
    @Arg("leadBy", () => TierEnum, { nullable: true, description: "Tier of the leading units at that time." }) leadBy: Tier | undefined,
    @Ctx() context: RequestContext,
  ) {
    const key = { unit, period: parsePeriod("period", period), handledBy: leadBy ?? null };
    return rollupOfCaller(context.use(taskRollupLoaders, unit.evidence), TASK, key);
  }
}

@Resolver(() => TaskCountsType)
export class TaskCountsResolver {
  @FieldResolver(() => Rate, { description: "Share of tasks that are on time (tỷ lệ nhiệm vụ đúng hạn)." })
  onTimeRate(
    @Root() rollup: Rollup,
    @Arg("basis", () => TaskRateBasisEnum, { defaultValue: "WITH_DEADLINE", description: "The formula of the rate." }) basis: TaskRateBasis,
  ) {
    return rollup.rate(basis === "WITH_DEADLINE" ? "onTimeRate" : "dueOnTimeRate");
  }
}

@Resolver(() => TaskRollupType)
export class TaskRollupResolver {
  @FieldResolver(() => [TaskMeasureEnum], {
    description:
      "The measures that some covered unit did not report, in the order of their enum; empty if no unit is covered (chỉ tiêu thiếu).",
  })
  incomplete(@Root() rollup: Rollup, @Ctx() context: RequestContext) {
    return incompleteOf(context.use(taskRollupLoaders, rollup.unit.evidence), rollup);
  }

  @FieldResolver(() => Boolean, {
    description: "False if a reported figure belongs here only possibly; bounds then contains the range (chính xác).",
  })
  exact(@Root() rollup: Rollup) {
    return rollup.exact;
  }

  @FieldResolver(() => Bounds, { description: "The certain sum, and the certain sum plus all possible amounts (khoảng giá trị)." })
  bounds(@Root() rollup: Rollup, @Arg("measure", () => TaskMeasureEnum, { description: "The measure." }) measure: TaskMeasure) {
    return rollup.bounds(measure);
  }

  @FieldResolver(() => [TaskTierRollupType], {
    description: "The same roll-up for each tier that led tasks, from the country down (theo cấp).",
  })
  byTier(@Root() rollup: Rollup, @Ctx() context: RequestContext) {
    return tasksByTier(context.use(taskRollupLoaders, rollup.unit.evidence), rollup);
  }

  @FieldResolver(() => [TaskRollupType], {
    description:
      "The same roll-up for each part of the period; at most 400 points. BAD_USER_INPUT where the period is not made of such parts (chuỗi thời gian).",
  })
  series(
    @Root() rollup: Rollup,
    @Arg("grain", () => PeriodGrainEnum, { description: "Length of the parts." }) grain: PeriodGrain,
    @Ctx() context: RequestContext,
  ) {
    return taskSeries(context.use(taskRollupLoaders, rollup.unit.evidence), rollup, grain);
  }

  @FieldResolver(() => Coverage, { description: "How many of the expected units have a value (độ bao phủ)." })
  coverage(@Root() rollup: Rollup, @Ctx() context: RequestContext) {
    return coverageOf(context.use(taskRollupLoaders, rollup.unit.evidence), rollup);
  }

  @FieldResolver(() => [SourceType], { description: "Sources of the numbers, in the order of arrival (nguồn)." })
  sources(@Root() rollup: Rollup, @Ctx() context: RequestContext) {
    return context.use(taskRollupLoaders, rollup.unit.evidence).sourcesOfRollup.load(rollup);
  }

  @FieldResolver(() => [TaskPartType], {
    description:
      "Origin of the number, one level down: the units below with a value, by code, its agencies with tasks, and last the unit itself with the remainder, " +
      "which it leads itself or is not assigned to a lower unit. For every measure they sum to the roll-up, counting null as 0 (nguồn gốc số liệu).",
  })
  parts(@Root() rollup: Rollup, @Ctx() context: RequestContext) {
    return partsOf(context.use(taskRollupLoaders, rollup.unit.evidence), rollup);
  }

  @FieldResolver(() => [TaskReconciliationType], {
    description:
      "Reported against recorded: each figure that the unit itself states for exactly this period (leadBy selects those of one tier) with the tasks of the tiers " +
      "of the figure, if the caller may see any; by measure, then in the order of arrival (đối soát số liệu).",
  })
  reconciliation(@Root() rollup: Rollup, @Ctx() context: RequestContext) {
    const loaders = context.use(taskRollupLoaders, rollup.unit.evidence);
    return reconciliationOf(loaders, loaders.taskRecords, rollup);
  }
}
