import { Arg, Authorized, Ctx, Mutation, Resolver } from "type-graphql";
import type { Permission } from "../../access/permission.ts";
import type { RequestContext } from "../../access/request-context.ts";
import { openCycle } from "./cycle-open.service.ts";
import { advanceCycle, setRankedMembers } from "./cycle-write.service.ts";
import { AdvanceAssessmentCycleInput, OpenAssessmentCycleInput, RecordSurveyInput, SetRankedMembersInput } from "./cycle.input.ts";
import { AssessmentCyclePayloadType } from "./cycle.type.ts";
import { recordSurvey } from "./survey.service.ts";

@Resolver()
export class CycleMutations {
  @Authorized<Permission>("assessments:organise")
  @Mutation(() => AssessmentCyclePayloadType, {
    description:
      "Opens a cycle by a published rubric, with an empty sheet for each member; requires ADMIN of the organiser, within which the members are. CONFLICT for a draft, and if " +
      "there is a cycle of the same organiser, index, block and year (mở đợt đánh giá).",
  })
  openAssessmentCycle(
    @Arg("input", () => OpenAssessmentCycleInput, { description: "The cycle with its members." }) input: OpenAssessmentCycleInput,
    @Ctx() context: RequestContext,
  ) {
    return openCycle(context, input);
  }

  @Authorized<Permission>("assessments:organise")
  @Mutation(() => AssessmentCyclePayloadType, {
    description:
      "Advances a cycle to any later stage but PUBLISHED; requires ADMIN of the organiser. Unless force, problems name the sheets that are not handed in when SELF_SCORING ends, " +
      "and the criteria without points when an appraisal ends. Sheets that were not handed in stay as they are (chuyển giai đoạn).",
  })
  advanceAssessmentCycle(
    @Arg("input", () => AdvanceAssessmentCycleInput, { description: "The cycle and its next stage." }) input: AdvanceAssessmentCycleInput,
    @Ctx() context: RequestContext,
  ) {
    return advanceCycle(context, input);
  }

  @Authorized<Permission>("assessments:organise")
  @Mutation(() => AssessmentCyclePayloadType, {
    description: "States which members are scored and not ranked, and why; requires ADMIN of the organiser (xác định đơn vị xếp hạng).",
  })
  setRankedMembers(
    @Arg("input", () => SetRankedMembersInput, { description: "The cycle and its members." }) input: SetRankedMembersInput,
    @Ctx() context: RequestContext,
  ) {
    return setRankedMembers(context, input);
  }

  @Authorized<Permission>("assessments:organise")
  @Mutation(() => AssessmentCyclePayloadType, {
    description:
      "Stores answers by weight for many members while SURVEY, all or nothing; requires ADMIN of the organiser. Only the sums of each group are stored, and replace those " +
      "of the group that were sent before (nhập kết quả điều tra xã hội học).",
  })
  recordSurvey(
    @Arg("input", () => RecordSurveyInput, { description: "The cycle and the answers." }) input: RecordSurveyInput,
    @Ctx() context: RequestContext,
  ) {
    return recordSurvey(context, input);
  }
}
