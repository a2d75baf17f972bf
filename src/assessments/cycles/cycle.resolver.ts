import { Arg, Authorized, Ctx, FieldResolver, Float, ID, Int, Query, Resolver, Root } from "type-graphql";
import type { Permission } from "../../access/permission.ts";
import type { RequestContext } from "../../access/request-context.ts";
import { UnitType } from "../../units/unit.type.ts";
import { RubricType } from "../assessment.type.ts";
import { assessmentIdOf } from "../assessment-id.ts";
import { rubricLoaders } from "../rubrics/rubric.loaders.ts";
import { cycleLoaders, type CycleView } from "./cycle.loaders.ts";
import type { SheetView } from "./sheet.loaders.ts";
import { countCycles, type CycleList, findCycle, listCycles, membersOfCycle, organiserOfCycle } from "./cycle.service.ts";
import {
  AssessmentCycleConnection,
  AssessmentCycleType,
  CycleMemberType,
  ScoreAdjustmentType,
  ScoreItemType,
  ScoreRoundEnum,
  ScoreSheetType,
} from "./cycle.type.ts";
import type { ScoreRound } from "./cycle-vocabulary.ts";
import {
  adjustmentsShown,
  findSheet,
  itemsOfSheet,
  maximumOfSheet,
  scaledOfSheet,
  sheetsOfCycle,
  totalOfSheet,
  unitOfSheet,
} from "./sheet.service.ts";

@Resolver()
export class CycleQueries {
  @Authorized<Permission>("assessments:read")
  @Query(() => AssessmentCycleConnection, {
    description:
      "Cycles of the unit as organiser or member, the latest year first. Seen by VIEWERs of the organiser and of a member, and by ASSESSORs of an appraiser. BAD_USER_INPUT for " +
      "an unknown unit (danh sách đợt đánh giá).",
  })
  assessmentCycles(
    @Arg("unit", () => ID, { description: "Code or id of the organiser or of a member." }) unit: string,
    @Arg("year", () => Int, { nullable: true, description: "Selects cycles of this assessed year." }) year: number | undefined,
    @Arg("first", () => Int, { defaultValue: 50, description: "Maximum number of cycles, 1 to 1,000." }) first: number,
    @Arg("after", () => String, { nullable: true, description: "Cursor after which the page begins." }) after: string | undefined,
    @Ctx() context: RequestContext,
  ) {
    return listCycles(context, { unit, year, first, after });
  }

  @Authorized<Permission>("assessments:read")
  @Query(() => AssessmentCycleType, {
    nullable: true,
    description: "A cycle; null for one that the caller may not see (tra cứu đợt đánh giá).",
  })
  assessmentCycle(@Arg("id", () => ID, { description: "Id of the cycle." }) id: string, @Ctx() context: RequestContext) {
    return findCycle(context, id);
  }

  @Authorized<Permission>("assessments:read")
  @Query(() => ScoreSheetType, {
    nullable: true,
    description: "A sheet; null for one that the caller may not see (tra cứu phiếu chấm điểm).",
  })
  scoreSheet(@Arg("id", () => ID, { description: "Id of the sheet." }) id: string, @Ctx() context: RequestContext) {
    return findSheet(context, id);
  }
}

@Resolver(() => AssessmentCycleConnection)
export class CycleConnectionResolver {
  @FieldResolver(() => Int, { description: "All of the list, whatever the page." })
  totalCount(@Root() { list }: { list: CycleList }, @Ctx() context: RequestContext) {
    return countCycles(context, list);
  }
}

@Resolver(() => AssessmentCycleType)
export class CycleResolver {
  @FieldResolver(() => ID, { description: "Stable (định danh)." })
  id(@Root() { no }: CycleView) {
    return assessmentIdOf("cycle", no);
  }

  @FieldResolver(() => RubricType, { description: "The criteria (bộ tiêu chí)." })
  rubric(@Root() { rubricNo }: CycleView, @Ctx() context: RequestContext) {
    return context.use(rubricLoaders).rubricByNo.load(rubricNo);
  }

  @FieldResolver(() => UnitType, { description: "The unit that judges, as of the end of the period or today (đơn vị tổ chức đánh giá)." })
  organiser(@Root() cycle: CycleView, @Ctx() context: RequestContext) {
    return organiserOfCycle(context, cycle);
  }

  @FieldResolver(() => [CycleMemberType], { description: "The units that are scored, by code (đơn vị được đánh giá)." })
  members(@Root() cycle: CycleView, @Ctx() context: RequestContext) {
    return membersOfCycle(context, cycle);
  }

  @FieldResolver(() => [ScoreSheetType], {
    description: "One for each member whose sheet the caller may see, by the unit's code (phiếu chấm điểm).",
  })
  sheets(@Root() cycle: CycleView, @Ctx() context: RequestContext) {
    return sheetsOfCycle(cycle, context);
  }
}

@Resolver(() => ScoreSheetType)
export class ScoreSheetResolver {
  @FieldResolver(() => ID, { description: "Stable (định danh)." })
  id(@Root() { no }: SheetView) {
    return assessmentIdOf("sheet", no);
  }

  @FieldResolver(() => AssessmentCycleType, { description: "The cycle (đợt đánh giá)." })
  cycle(@Root() { cycleNo }: SheetView, @Ctx() context: RequestContext) {
    return context.use(cycleLoaders).cycleByNo.load(cycleNo);
  }

  @FieldResolver(() => UnitType, { description: "The scored unit, as of the end of the period, today, or its last day (đơn vị)." })
  unit(@Root() sheet: SheetView, @Ctx() context: RequestContext) {
    return unitOfSheet(sheet, context);
  }

  @FieldResolver(() => [ScoreItemType], {
    description: "Every node of the rubric that the caller may see, in its order, each after its parent (điểm theo tiêu chí).",
  })
  items(@Root() sheet: SheetView, @Ctx() context: RequestContext) {
    return itemsOfSheet(context, sheet);
  }

  @FieldResolver(() => [ScoreAdjustmentType], {
    nullable: true,
    description: "Bonus and penalty in force, the oldest first; null for those who see only some criteria (điểm thưởng, điểm phạt).",
  })
  adjustments(@Root() sheet: SheetView, @Ctx() context: RequestContext) {
    return adjustmentsShown(context, sheet);
  }

  @FieldResolver(() => Float, {
    nullable: true,
    description:
      "Points so far: of SELF the self-scores, of FIRST and SECOND what stood after that appraisal, of FINAL all of it with survey, bonus and penalty; nothing is clamped. Null " +
      "while a criterion is not decided, and for those who see only some criteria (tổng điểm).",
  })
  total(
    @Root() sheet: SheetView,
    @Arg("round", () => ScoreRoundEnum, { defaultValue: "FINAL", description: "The round after which points are added up." })
    round: ScoreRound,
    @Ctx() context: RequestContext,
  ) {
    return totalOfSheet(context, sheet, round);
  }

  @FieldResolver(() => Float, {
    nullable: true,
    description: "Maximum points of the criteria that apply to the unit; null for those who see only some criteria (điểm tối đa áp dụng).",
  })
  maxApplicable(@Root() sheet: SheetView, @Ctx() context: RequestContext) {
    return maximumOfSheet(context, sheet);
  }

  @FieldResolver(() => Float, {
    nullable: true,
    description:
      "What ranks and classes go by: points at the maximum of the rubric, round(points / maxApplicable × maxScore), with bonus and penalty. Null while a criterion is not " +
      "decided, where none applies, and for those who see only some criteria (điểm quy đổi).",
  })
  scaled(@Root() sheet: SheetView, @Ctx() context: RequestContext) {
    return scaledOfSheet(context, sheet);
  }
}
