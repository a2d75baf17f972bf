import { Arg, Authorized, Ctx, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import type { Permission } from "../access/permission.ts";
import { Rate } from "../rollups/rate.ts";
import { SourceType } from "../figures/source.type.ts";
import type { RequestContext } from "../access/request-context.ts";
import { PeriodScalar } from "../lib/time/scalar.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import { UnitType } from "../units/unit.type.ts";
import { INDICATORS } from "./indicator.ts";
import { indicatorLoaders } from "./indicator.loaders.ts";
import { type IndicatorValue, rateOfIndicator, sourcesOfIndicator, valuesOf } from "./indicator.service.ts";
import { IndicatorType, IndicatorValueType } from "./indicator.type.ts";

@Resolver()
export class IndicatorQueries {
  @Authorized<Permission>("indicators:read")
  @Query(() => [IndicatorType], {
    description: "Every indicator that the service can compute, with its formula in words (danh mục chỉ số).",
  })
  indicators() {
    return INDICATORS;
  }
}

@Resolver(() => UnitType)
export class UnitIndicatorsResolver {
  @FieldResolver(() => [IndicatorValueType], {
    description:
      "Indicators of the subtree by code, in the order of the argument; default: all. BAD_USER_INPUT for an unknown code (giá trị chỉ số).",
  })
  indicators(
    @Root() unit: UnitView,
    @Arg("period", () => PeriodScalar, { description: "Reporting period." }) period: string,
    @Arg("codes", () => [ID], { nullable: true, description: "Which indicators." }) codes: string[] | undefined,
  ) {
    return valuesOf(unit, period, codes ?? null);
  }
}

@Resolver(() => IndicatorValueType)
export class IndicatorValueResolver {
  @FieldResolver(() => Rate, { description: "Its value with coverage and bounds." })
  rate(@Root() value: IndicatorValue, @Ctx() context: RequestContext) {
    return rateOfIndicator(context.use(indicatorLoaders, value.unit.evidence), value);
  }

  @FieldResolver(() => [SourceType], { description: "Sources of the numbers." })
  sources(@Root() value: IndicatorValue, @Ctx() context: RequestContext) {
    return sourcesOfIndicator(context.use(indicatorLoaders, value.unit.evidence), value);
  }
}
