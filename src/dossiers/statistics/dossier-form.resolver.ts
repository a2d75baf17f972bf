import { Arg, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { RequestContext } from "../../access/request-context.ts";
import { parsePeriod } from "../../lib/time/period.ts";
import { PeriodScalar } from "../../lib/time/scalar.ts";
import type { UnitView } from "../../hierarchy/unit-view.ts";
import { UnitType } from "../../units/unit.type.ts";
import { type Form06, form06, form06Rows } from "./form06.service.ts";
import type { ReportingConvention } from "./form06.ts";
import { Form06RowType, Form06Type, ReportingConventionEnum } from "./form06.type.ts";
import { serviceQuality } from "./service-quality.service.ts";
import { statisticsLoaders } from "./statistics.loaders.ts";
import { ServiceQualityType } from "./service-quality.type.ts";

@Resolver(() => UnitType)
export class UnitFormsResolver {
  @FieldResolver(() => Form06Type, {
    nullable: true,
    description:
      "Form II.06 of Circular 01/2020/TT-VPCP: one row per field, and the total. Null unless the records of the whole subtree are complete for the counted days: " +
      "those of the period up to today for VIEWERs of the unit, for everybody else up to the end of the last half-month (1st to 14th, 15th to the end), and null for these if a " +
      "half-month is split (biểu số II.06).",
  })
  form06(
    @Root() unit: UnitView,
    @Arg("period", () => PeriodScalar, { description: "Reporting period." }) period: string,
    @Arg("convention", () => ReportingConventionEnum, {
      defaultValue: "SEPARATE",
      description: "Columns for paused, withdrawn and stopped dossiers.",
    })
    convention: ReportingConvention,
    @Ctx() context: RequestContext,
  ) {
    return form06(context.use(statisticsLoaders, unit.evidence), unit, parsePeriod("period", period), convention);
  }

  @FieldResolver(() => ServiceQualityType, {
    description:
      "The part of Decision 766/QĐ-TTg's real-time index that depends on dossiers, from records of the subtree: up to today for VIEWERs of the unit, for everybody else up to " +
      "the end of the last half-month (1st to 14th, 15th to the end); without values if there are none, and for these if a half-month is split (chỉ số phục vụ người dân, " +
      "doanh nghiệp).",
  })
  serviceQuality(
    @Root() unit: UnitView,
    @Arg("period", () => PeriodScalar, { description: "Reporting period." }) period: string,
    @Ctx() context: RequestContext,
  ) {
    return serviceQuality(context.use(statisticsLoaders, unit.evidence), unit, parsePeriod("period", period));
  }
}

@Resolver(() => Form06Type)
export class Form06Resolver {
  @FieldResolver(() => [Form06RowType], {
    nullable: true,
    description:
      "One row for each field that has dossiers, in the order of codes. Null, with FORBIDDEN for this field alone, below the province without the role VIEWER " +
      "on the unit (theo lĩnh vực).",
  })
  rows(@Root() form: Form06, @Ctx() context: RequestContext) {
    return form06Rows(context.use(statisticsLoaders, form.unit.evidence), form);
  }
}
