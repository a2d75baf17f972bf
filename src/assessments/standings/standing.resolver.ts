import { Arg, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { RequestContext } from "../../access/request-context.ts";
import type { CycleView } from "../cycles/cycle.loaders.ts";
import type { SheetView } from "../cycles/sheet.loaders.ts";
import { AssessmentCycleType, ScoreItemType, ScoreSheetType } from "../cycles/cycle.type.ts";
import type { ScoreItemView } from "../cycles/sheet-scores.ts";
import { changeOfSheet } from "./change.service.ts";
import { livingReceiptOf, receiptOf } from "./receipt.service.ts";
import { WhatIfInput } from "./standing.input.ts";
import { projectedOf, standingsOf, whatIf } from "./standing.service.ts";
import { ProjectedScoreType, ScoreChangeType, ScoreReceiptType, StandingType } from "./standing.type.ts";

@Resolver(() => AssessmentCycleType)
export class CycleStandingsResolver {
  @FieldResolver(() => [StandingType], {
    nullable: true,
    description:
      "What a publication now would say of the ranked members, best first. FORBIDDEN for those who may not see every sheet (kết quả tạm tính).",
  })
  standings(@Root() cycle: CycleView, @Ctx() context: RequestContext) {
    return standingsOf(context, cycle);
  }
}

@Resolver(() => ScoreSheetType)
export class SheetProjectionResolver {
  @FieldResolver(() => ProjectedScoreType, {
    nullable: true,
    description: "What it would be today; null where no criterion applies, and for those who see only some criteria (điểm dự kiến).",
  })
  projected(@Root() sheet: SheetView, @Ctx() context: RequestContext) {
    return projectedOf(context, sheet);
  }

  @FieldResolver(() => ProjectedScoreType, {
    nullable: true,
    description:
      "The same where these criteria had these points or values. BAD_USER_INPUT for a criterion that cannot have them; null as projected (giả định).",
  })
  whatIf(
    @Root() sheet: SheetView,
    @Arg("changes", () => [WhatIfInput], { description: "Criteria with other points or another value." }) changes: WhatIfInput[],
    @Ctx() context: RequestContext,
  ) {
    return whatIf(context, sheet, changes);
  }

  @FieldResolver(() => ScoreChangeType, {
    nullable: true,
    description:
      "Against the published result of the same unit, index and block for the year before. Null where none was scored here, while a criterion is open, and for those who see only " +
      "some criteria (so với năm trước).",
  })
  change(@Root() sheet: SheetView, @Ctx() context: RequestContext) {
    return changeOfSheet(context, sheet);
  }
}

@Resolver(() => ScoreItemType)
export class ScoreReceiptResolver {
  @FieldResolver(() => ScoreReceiptType, {
    nullable: true,
    description:
      "Of INDICATOR and SURVEY: the value and where it comes from, frozen when the sheet is handed in; else null (căn cứ tính điểm).",
  })
  receipt(@Root() item: ScoreItemView, @Ctx() context: RequestContext) {
    return receiptOf(context, item);
  }

  @FieldResolver(() => ScoreReceiptType, {
    nullable: true,
    description: "Of INDICATOR: the same worked out now, beside what was frozen; else null (căn cứ tính điểm hiện nay).",
  })
  livingReceipt(@Root() item: ScoreItemView, @Ctx() context: RequestContext) {
    return livingReceiptOf(context, item);
  }
}
