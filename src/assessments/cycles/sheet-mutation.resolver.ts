import { Arg, Authorized, Ctx, Mutation, Resolver } from "type-graphql";
import type { Permission } from "../../access/permission.ts";
import type { RequestContext } from "../../access/request-context.ts";
import { ScoreSheetPayloadType } from "./cycle.type.ts";
import { appraise } from "./sheet-appraise.service.ts";
import { explainScores, scoreSelf, submitSheet } from "./sheet-member.service.ts";
import { adjustScore, overrideClassification, removeAdjustment, reopenSheet, setApplicability } from "./sheet-organise.service.ts";
import {
  AdjustScoreInput,
  ExplainInput,
  OverrideClassificationInput,
  RemoveAdjustmentInput,
  ReopenScoreSheetInput,
  ScoreInput,
  ScoreSheetIdInput,
  SetApplicabilityInput,
} from "./sheet.input.ts";

@Resolver()
export class SheetMemberMutations {
  @Authorized<Permission>("assessments:score")
  @Mutation(() => ScoreSheetPayloadType, {
    description:
      "Stores self-scores of many criteria at once while SELF_SCORING, all or nothing; requires OFFICER of the member. CONFLICT for a sheet that was handed in, after the " +
      "deadline, and for a unit that has ended (tự chấm điểm).",
  })
  scoreSelf(
    @Arg("input", () => ScoreInput, { description: "The sheet and the scores." }) input: ScoreInput,
    @Ctx() context: RequestContext,
  ) {
    return scoreSelf(context, input);
  }

  @Authorized<Permission>("assessments:score")
  @Mutation(() => ScoreSheetPayloadType, {
    description: "Hands a sheet in; requires OFFICER of the member. Problems name what it lacks (nộp phiếu chấm điểm).",
  })
  submitScoreSheet(
    @Arg("input", () => ScoreSheetIdInput, { description: "The sheet." }) input: ScoreSheetIdInput,
    @Ctx() context: RequestContext,
  ) {
    return submitSheet(context, input);
  }

  @Authorized<Permission>("assessments:score")
  @Mutation(() => ScoreSheetPayloadType, {
    description:
      "Explains criteria whose first appraisal is below the self-score, while EXPLANATION; requires OFFICER of the member. All or nothing (giải trình).",
  })
  explain(
    @Arg("input", () => ExplainInput, { description: "The sheet and the explanations." }) input: ExplainInput,
    @Ctx() context: RequestContext,
  ) {
    return explainScores(context, input);
  }
}

@Resolver()
export class SheetAppraisalMutations {
  @Authorized<Permission>("assessments:appraise")
  @Mutation(() => ScoreSheetPayloadType, {
    description:
      "Stores points of the appraisal that is the stage, all or nothing; requires ASSESSOR of the unit that appraises the criteria, or of the organiser. No unit appraises its " +
      "own sheet (thẩm định).",
  })
  appraise(
    @Arg("input", () => ScoreInput, { description: "The sheet and the points." }) input: ScoreInput,
    @Ctx() context: RequestContext,
  ) {
    return appraise(context, input);
  }
}

@Resolver()
export class SheetOrganiserMutations {
  @Authorized<Permission>("assessments:organise")
  @Mutation(() => ScoreSheetPayloadType, {
    description:
      "Lets the member write again until a day, also after the deadline: in SELF_SCORING, where it hands its sheet in once more, and in EXPLANATION. Requires ADMIN of the " +
      "organiser (mở lại phiếu chấm điểm).",
  })
  reopenScoreSheet(
    @Arg("input", () => ReopenScoreSheetInput, { description: "The sheet and the day." }) input: ReopenScoreSheetInput,
    @Ctx() context: RequestContext,
  ) {
    return reopenSheet(context, input);
  }

  @Authorized<Permission>("assessments:organise")
  @Mutation(() => ScoreSheetPayloadType, {
    description:
      "States what does not apply to a member; requires ADMIN of the organiser. Points that were given stay stored (xác định tiêu chí áp dụng).",
  })
  setApplicability(
    @Arg("input", () => SetApplicabilityInput, { description: "The sheet and the criteria." }) input: SetApplicabilityInput,
    @Ctx() context: RequestContext,
  ) {
    return setApplicability(context, input);
  }

  @Authorized<Permission>("assessments:organise")
  @Mutation(() => ScoreSheetPayloadType, {
    description:
      "Adds bonus or penalty within the maxima of the rubric, while SURVEY; requires ADMIN of the organiser (điểm thưởng, điểm phạt).",
  })
  adjustScore(
    @Arg("input", () => AdjustScoreInput, { description: "The sheet and the points." }) input: AdjustScoreInput,
    @Ctx() context: RequestContext,
  ) {
    return adjustScore(context, input);
  }

  @Authorized<Permission>("assessments:organise")
  @Mutation(() => ScoreSheetPayloadType, {
    description: "Removes bonus or penalty, while SURVEY; requires ADMIN of the organiser (hủy điều chỉnh điểm).",
  })
  removeAdjustment(
    @Arg("input", () => RemoveAdjustmentInput, { description: "The adjustment." }) input: RemoveAdjustmentInput,
    @Ctx() context: RequestContext,
  ) {
    return removeAdjustment(context, input);
  }

  @Authorized<Permission>("assessments:organise")
  @Mutation(() => ScoreSheetPayloadType, {
    description:
      "Sets another class than that of the score, where a side condition of the rubric asks for it; requires ADMIN of the organiser. It is published with its reason (xếp loại khác).",
  })
  overrideClassification(
    @Arg("input", () => OverrideClassificationInput, { description: "The sheet and the class." }) input: OverrideClassificationInput,
    @Ctx() context: RequestContext,
  ) {
    return overrideClassification(context, input);
  }
}
