import { Arg, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { NOTHING_COUNTED } from "../counters/cut.ts";
import { Rate } from "../rollups/rate.ts";
import type { Rollup } from "../rollups/rollup.ts";
import { SourceType } from "../figures/source.type.ts";
import type { RequestContext } from "../access/request-context.ts";
import { parsePeriod } from "../lib/time/period.ts";
import { PeriodScalar } from "../lib/time/scalar.ts";
import type { Tier } from "../hierarchy/unit.entity.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import { TierEnum, UnitType } from "../units/unit.type.ts";
import { rollupLoaders } from "../rollups/rollup.loaders.ts";
import { proceduresByAuthority } from "./procedure-authority.loader.ts";
import { ProcedureAuthorityType, ServiceRollupType } from "./service-rollup.type.ts";

@Resolver(() => UnitType)
export class UnitServicesResolver {
  @FieldResolver(() => ServiceRollupType, {
    description:
      "Procedures and online services offered in the subtree; handledBy selects those of units of one tier (cung cấp dịch vụ công).",
  })
  services(
    @Root() unit: UnitView,
    @Arg("period", () => PeriodScalar, { description: "Reporting period." }) period: string,
    @Arg("handledBy", () => TierEnum, { nullable: true, description: "Tier of the offering unit on the day of the offer." }) handledBy:
      | Tier
      | undefined,
    @Ctx() context: RequestContext,
  ) {
    const key = { unit, period: parsePeriod("period", period), handledBy: handledBy ?? null, cut: NOTHING_COUNTED };
    return context.use(rollupLoaders, unit.evidence).serviceRollup.load(key);
  }
}

@Resolver(() => ServiceRollupType)
export class ServiceRollupResolver {
  @FieldResolver(() => [ProcedureAuthorityType], {
    description: "Procedures by competent authority, most procedures first (theo thẩm quyền).",
  })
  byAuthority(@Root() rollup: Rollup, @Ctx() context: RequestContext) {
    return context.use(proceduresByAuthority, rollup.unit.evidence).load(rollup);
  }

  @FieldResolver(() => Rate, {
    description: "Online services / procedures: online, else level 3 + level 4, of the same statement (tỷ lệ dịch vụ công trực tuyến).",
  })
  onlineRate(@Root() rollup: Rollup) {
    return rollup.rate("onlineRate");
  }

  @FieldResolver(() => Rate, {
    description: "Online services with at least one dossier / online services (tỷ lệ dịch vụ có phát sinh hồ sơ).",
  })
  usedOnlineRate(@Root() rollup: Rollup) {
    return rollup.rate("usedOnlineRate");
  }

  @FieldResolver(() => Rate, { description: "Units with a modern one-stop desk / units that must have a desk (bộ phận một cửa hiện đại)." })
  modernDeskRate(@Root() rollup: Rollup) {
    return rollup.rate("modernDeskRate");
  }

  @FieldResolver(() => [SourceType], { description: "Sources of the numbers, in the order of arrival (nguồn)." })
  sources(@Root() rollup: Rollup, @Ctx() context: RequestContext) {
    return context.use(rollupLoaders, rollup.unit.evidence).sourcesOfRollup.load(rollup);
  }
}
