import { Arg, Ctx, FieldResolver, Float, Resolver, Root } from "type-graphql";
import { Rate } from "../../rollups/rate.ts";
import type { Rollup } from "../../rollups/rollup.ts";
import { coverageOf, incompleteOf } from "../../rollups/rollup.loaders.ts";
import { SourceType } from "../../figures/source.type.ts";
import { Bounds, Coverage } from "../../rollups/rollup.type.ts";
import type { RequestContext } from "../../access/request-context.ts";
import { parsePeriod, type PeriodGrain } from "../../lib/time/period.ts";
import { PeriodGrainEnum, PeriodScalar } from "../../lib/time/scalar.ts";
import type { Tier } from "../../hierarchy/unit.entity.ts";
import type { UnitView } from "../../hierarchy/unit-view.ts";
import { TierEnum, UnitType } from "../../units/unit.type.ts";
import { DOSSIER } from "../../figures/measure.ts";
import { reconciliationOf } from "../../rollups/reconciliation.service.ts";
import { rollupOfCaller } from "../../rollups/rollup-cut.service.ts";
import { partsOf } from "../../rollups/rollup-parts.service.ts";
import { averageWorkingDays, dossiersByChannel, dossiersByField } from "./dossier-detail.service.ts";
import { dossierSeries, dossiersByTier } from "./dossier-rollup.service.ts";
import { statisticsLoaders } from "./statistics.loaders.ts";
import {
  DossierChannelRollupType,
  DossierCountsType,
  DossierFieldRollupType,
  type DossierMeasure,
  DossierMeasureEnum,
  DossierPartType,
  DossierRollupType,
  DossierTierRollupType,
  type OnTimeBasis,
  OnTimeBasisEnum,
  ReconciliationType,
} from "./dossier-rollup.type.ts";

@Resolver(() => UnitType)
export class UnitDossiersResolver {
  @FieldResolver(() => DossierRollupType, {
    description: "Dossiers handled in the subtree; handledBy selects those handled by units of one tier (tổng hợp hồ sơ).",
  })
  dossiers(
    @Root() unit: UnitView,
    @Arg("period", () => PeriodScalar, { description: "Reporting period." }) period: string,
    @Arg("handledBy", () => TierEnum, { nullable: true, description: "Tier of the handling unit on the day of handling." }) handledBy:
      | Tier
      | undefined,
    @Ctx() context: RequestContext,
  ) {
    return rollupOfCaller(context.use(statisticsLoaders, unit.evidence), DOSSIER, {
      unit,
      period: parsePeriod("period", period),
      handledBy: handledBy ?? null,
    });
  }
}

@Resolver(() => DossierCountsType)
export class DossierCountsResolver {
  @FieldResolver(() => Rate, { description: "Share of dossiers handled in time (tỷ lệ giải quyết đúng hạn)." })
  onTimeRate(
    @Root() rollup: Rollup,
    @Arg("basis", () => OnTimeBasisEnum, { defaultValue: "RESOLVED", description: "The formula of the rate." }) basis: OnTimeBasis,
  ) {
    return rollup.rate(basis === "RESOLVED" ? "onTimeRate" : "onTimeHandledRate");
  }

  @FieldResolver(() => Rate, { description: "Received online / received (tỷ lệ hồ sơ trực tuyến)." })
  onlineRate(@Root() rollup: Rollup) {
    return rollup.rate("onlineRate");
  }
}

@Resolver(() => DossierRollupType)
export class DossierRollupResolver {
  @FieldResolver(() => [DossierMeasureEnum], {
    description:
      "The measures that some covered unit did not report, in the order of their enum; empty if no unit is covered (chỉ tiêu thiếu).",
  })
  incomplete(@Root() rollup: Rollup, @Ctx() context: RequestContext) {
    return incompleteOf(context.use(statisticsLoaders, rollup.unit.evidence), rollup);
  }

  @FieldResolver(() => Boolean, {
    description:
      "False if a reported figure belongs here only possibly, as that of a split unit does; bounds then contains the range (chính xác).",
  })
  exact(@Root() rollup: Rollup) {
    return rollup.exact;
  }

  @FieldResolver(() => Bounds, { description: "The certain sum, and the certain sum plus all possible amounts (khoảng giá trị)." })
  bounds(@Root() rollup: Rollup, @Arg("measure", () => DossierMeasureEnum, { description: "The measure." }) measure: DossierMeasure) {
    return rollup.bounds(measure);
  }

  @FieldResolver(() => [DossierTierRollupType], {
    description: "The same roll-up for each tier of handling units, from the country down (theo cấp).",
  })
  byTier(@Root() rollup: Rollup, @Ctx() context: RequestContext) {
    return dossiersByTier(context.use(statisticsLoaders, rollup.unit.evidence), rollup);
  }

  @FieldResolver(() => [DossierRollupType], {
    description:
      "The same roll-up for each part of the period; at most 400 points. BAD_USER_INPUT if the period does not consist of such parts (chuỗi thời gian).",
  })
  series(
    @Root() rollup: Rollup,
    @Arg("grain", () => PeriodGrainEnum, { description: "Length of the parts." }) grain: PeriodGrain,
    @Ctx() context: RequestContext,
  ) {
    return dossierSeries(context.use(statisticsLoaders, rollup.unit.evidence), rollup, grain);
  }

  @FieldResolver(() => Coverage, { description: "How many of the expected units have a value (độ bao phủ)." })
  coverage(@Root() rollup: Rollup, @Ctx() context: RequestContext) {
    return coverageOf(context.use(statisticsLoaders, rollup.unit.evidence), rollup);
  }

  @FieldResolver(() => [SourceType], { description: "Sources of the numbers, in the order of arrival (nguồn)." })
  sources(@Root() rollup: Rollup, @Ctx() context: RequestContext) {
    return context.use(statisticsLoaders, rollup.unit.evidence).sourcesOfRollup.load(rollup);
  }

  @FieldResolver(() => [DossierFieldRollupType], {
    nullable: true,
    description:
      "Its records by field of procedures, in the order of codes; empty without records. " +
      "Null, with FORBIDDEN for this field alone, below the province without the role VIEWER on the unit (theo lĩnh vực).",
  })
  byField(@Root() rollup: Rollup, @Ctx() context: RequestContext) {
    return dossiersByField(context.use(statisticsLoaders, rollup.unit.evidence), rollup);
  }

  @FieldResolver(() => [DossierChannelRollupType], {
    description: "Received dossiers by each channel that was reported, in the order of the enum (theo kênh tiếp nhận).",
  })
  byChannel(@Root() rollup: Rollup) {
    return dossiersByChannel(rollup);
  }

  @FieldResolver(() => Float, {
    nullable: true,
    description:
      "Mean working days from receipt to result, without pauses, of the records resolved in the period; null if there are none, and, with FORBIDDEN for this " +
      "field alone, below the province without the role VIEWER on the unit (thời gian giải quyết trung bình).",
  })
  averageWorkingDays(@Root() rollup: Rollup, @Ctx() context: RequestContext) {
    return averageWorkingDays(context.use(statisticsLoaders, rollup.unit.evidence), rollup);
  }

  @FieldResolver(() => [DossierPartType], {
    description:
      "Origin of the number, one level down: the units below with a value, by code, its agencies with dossiers, and last the " +
      "unit itself with the remainder, which is its own or not assigned to a lower unit. For every measure they sum to the roll-up, counting null as 0 (nguồn gốc số liệu).",
  })
  parts(@Root() rollup: Rollup, @Ctx() context: RequestContext) {
    return partsOf(context.use(statisticsLoaders, rollup.unit.evidence), rollup);
  }

  @FieldResolver(() => [ReconciliationType], {
    description:
      "Reported against recorded: each figure that the unit itself states for exactly this period (handledBy selects those of one tier) with the records of the tiers " +
      "of the figure, if the caller may see any; by measure, then in the order of arrival (đối soát số liệu).",
  })
  reconciliation(@Root() rollup: Rollup, @Ctx() context: RequestContext) {
    const loaders = context.use(statisticsLoaders, rollup.unit.evidence);
    return reconciliationOf(loaders, loaders.dossierRecords, rollup);
  }
}
