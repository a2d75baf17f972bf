import { Arg, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { NOTHING_COUNTED } from "../counters/cut.ts";
import { Rate } from "../rollups/rate.ts";
import type { Rollup } from "../rollups/rollup.ts";
import { coverageOf, incompleteOf, rollupLoaders } from "../rollups/rollup.loaders.ts";
import { SourceType } from "../figures/source.type.ts";
import { Bounds, Coverage } from "../rollups/rollup.type.ts";
import type { RequestContext } from "../access/request-context.ts";
import { parsePeriod, type PeriodGrain } from "../lib/time/period.ts";
import { PeriodGrainEnum, PeriodScalar } from "../lib/time/scalar.ts";
import type { Tier } from "../hierarchy/unit.entity.ts";
import type { UnitView } from "../hierarchy/unit.loaders.ts";
import { TierEnum, UnitType } from "../units/unit.type.ts";
import { taskSeries, tasksByTier } from "./task-rollup.service.ts";
import { type TaskMeasure, TaskMeasureEnum, TaskRollupType, TaskTierRollupType } from "./task-rollup.type.ts";

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
    return context
      .use(rollupLoaders, unit.evidence)
      .taskRollup.load({ unit, period: parsePeriod("period", period), handledBy: leadBy ?? null, cut: NOTHING_COUNTED });
  }
}

@Resolver(() => TaskRollupType)
export class TaskRollupResolver {
  @FieldResolver(() => [TaskMeasureEnum], {
    description:
      "The measures that some covered unit did not report, in the order of their enum; empty if no unit is covered (chỉ tiêu thiếu).",
  })
  incomplete(@Root() rollup: Rollup, @Ctx() context: RequestContext) {
    return incompleteOf(context.use(rollupLoaders, rollup.unit.evidence), rollup);
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

  @FieldResolver(() => Rate, { description: "onTime / withDeadline (tỷ lệ nhiệm vụ đúng hạn)." })
  onTimeRate(@Root() rollup: Rollup) {
    return rollup.rate("onTimeRate");
  }

  @FieldResolver(() => [TaskTierRollupType], {
    description: "The same roll-up for each tier that led tasks, from the country down (theo cấp).",
  })
  byTier(@Root() rollup: Rollup, @Ctx() context: RequestContext) {
    return tasksByTier(context.use(rollupLoaders, rollup.unit.evidence), rollup);
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
    return taskSeries(context.use(rollupLoaders, rollup.unit.evidence), rollup, grain);
  }

  @FieldResolver(() => Coverage, { description: "How many of the expected units have a value (độ bao phủ)." })
  coverage(@Root() rollup: Rollup, @Ctx() context: RequestContext) {
    return coverageOf(context.use(rollupLoaders, rollup.unit.evidence), rollup);
  }

  @FieldResolver(() => [SourceType], { description: "Sources of the numbers, in the order of arrival (nguồn)." })
  sources(@Root() rollup: Rollup, @Ctx() context: RequestContext) {
    return context.use(rollupLoaders, rollup.unit.evidence).sourcesOfRollup.load(rollup);
  }
}
