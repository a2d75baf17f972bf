import { Arg, Authorized, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import type { Permission } from "../access/permission.ts";
import type { SourceState } from "../figures/figure.entity.ts";
import { FigureType } from "../figures/figure.resolver.ts";
import { SourceStateEnum } from "../figures/source.type.ts";
import type { RequestContext } from "../access/request-context.ts";
import { UnitType } from "../units/unit.type.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import { type Report, reportLoaders } from "./report.loaders.ts";
import { publishReport, withdrawReport } from "./report-publish.service.ts";
import { findReport, listReports } from "./report.service.ts";
import { submitReport } from "./report-submit.service.ts";
import {
  PublishReportInput,
  PublishReportPayload,
  SubmitReportInput,
  SubmitReportPayload,
  WithdrawReportInput,
  WithdrawReportPayload,
} from "./report-mutation.type.ts";
import { ReportConnection, ReportType } from "./report.type.ts";

@Resolver(() => ReportType)
export class ReportResolver {
  @Authorized<Permission>("reports:read")
  @Query(() => ReportType, {
    nullable: true,
    description: "The report with this id. Without the role VIEWER on its unit only while it is published; null for all others (báo cáo).",
  })
  report(
    @Arg("id", () => ID, { description: "Id of the report, which is that of its source." }) id: string,
    @Ctx() context: RequestContext,
  ) {
    return findReport(context, id);
  }

  @Authorized<Permission>("reports:read")
  @Query(() => ReportConnection, {
    description:
      "Reports of the unit and of the units within it, the newest first, those without a day last. VIEWERs see those of their units in each state, " +
      "others the published ones (danh sách báo cáo).",
  })
  reports(
    @Arg("unit", () => ID, { description: "Code or id of the unit, as it is today or was on its last day." }) unit: string,
    @Arg("states", () => [SourceStateEnum], { nullable: true, description: "Keeps reports in these states." }) states:
      | SourceState[]
      | undefined,
    @Arg("first", () => Int, { defaultValue: 50, description: "How many at most, 1..1000." }) first: number,
    @Arg("after", () => String, { nullable: true, description: "Cursor after which the page begins." }) after: string | undefined,
    @Ctx() context: RequestContext,
  ) {
    return listReports(context, { unit, states, first, after });
  }

  @Authorized<Permission>("reports:submit")
  @Mutation(() => SubmitReportPayload, {
    description:
      "Stores a report as a draft, whole or not at all; for OFFICERs of its unit. Where values are invalid or contradict an identity, it stores nothing and " +
      "returns each as a problem, and no error. Sent again with the same idempotencyKey it returns the same report; CONFLICT for another report under that " +
      "key (gửi báo cáo).",
  })
  submitReport(
    @Arg("input", () => SubmitReportInput, { description: "The report." }) input: SubmitReportInput,
    @Ctx() context: RequestContext,
  ) {
    return submitReport(context, input);
  }

  @Authorized<Permission>("reports:publish")
  @Mutation(() => PublishReportPayload, {
    description:
      "Publishes a draft, so that it counts for everybody, and supersedes the report that it corrects; for ADMINs of its unit. A published report stays " +
      "unchanged; CONFLICT for a superseded or withdrawn one, and where a sum of its year could become larger than answers can hold (công bố báo cáo).",
  })
  async publishReport(
    @Arg("input", () => PublishReportInput, { description: "Which report." }) { id }: PublishReportInput,
    @Ctx() context: RequestContext,
  ) {
    return { report: await publishReport(context, id) };
  }

  @Authorized<Permission>("reports:submit")
  @Mutation(() => WithdrawReportPayload, {
    description:
      "Withdraws a report: a draft for OFFICERs of its unit, a published one for ADMINs. It stays stored and no longer counts; reports that it superseded stay " +
      "superseded (thu hồi báo cáo).",
  })
  async withdrawReport(
    @Arg("input", () => WithdrawReportInput, { description: "Which report, and why." }) input: WithdrawReportInput,
    @Ctx() context: RequestContext,
  ) {
    return { report: await withdrawReport(context, input) };
  }

  @FieldResolver(() => UnitType, { description: "The unit that it is about, as it is today or was on its last day (đơn vị báo cáo)." })
  unit(@Root() { unitNo }: Report, @Ctx() context: RequestContext) {
    return context.use(unitLoaders).unitByNo.load(unitNo);
  }

  @FieldResolver(() => [FigureType], { description: "What it states, in its order (số liệu)." })
  figures(@Root() { no }: Report, @Ctx() context: RequestContext) {
    return context.use(reportLoaders).figuresOfReport.load(no);
  }

  @FieldResolver(() => ReportType, {
    nullable: true,
    description: "The report that it corrects; null where there is none, or none that the caller may see (thay cho).",
  })
  supersedes(@Root() { supersedesNo }: Report, @Ctx() context: RequestContext) {
    return supersedesNo === null ? null : context.use(reportLoaders).reportByNo.load(supersedesNo);
  }

  @FieldResolver(() => [ReportType], {
    description: "The reports that correct it, as far as the caller may see them, in the order of their arrival (được thay bởi).",
  })
  supersededBy(@Root() { no }: Report, @Ctx() context: RequestContext) {
    return context.use(reportLoaders).supersededBy.load(no);
  }
}
