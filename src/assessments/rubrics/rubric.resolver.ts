import { Arg, Authorized, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import type { Permission } from "../../access/permission.ts";
import type { RequestContext } from "../../access/request-context.ts";
import { unitLoaders } from "../../hierarchy/unit.loaders.ts";
import { IndicatorType } from "../../indicators/indicator.type.ts";
import { UnitType } from "../../units/unit.type.ts";
import { IndexKindEnum, RubricType } from "../assessment.type.ts";
import { assessmentIdOf } from "../assessment-id.ts";
import type { IndexKind } from "../vocabulary.ts";
import { ReviseRubricInput, RubricIdInput, RubricInput } from "./rubric.input.ts";
import type { CriterionView, RubricView } from "./rubric.loaders.ts";
import {
  countRubrics,
  criteriaBelow,
  criterionAt,
  diffOfRubrics,
  findRubric,
  indicatorOf,
  listRubrics,
  organiserOf,
  type RubricList,
} from "./rubric.service.ts";
import { CriterionChangeType, CriterionType, RubricConnection, RubricPayloadType } from "./rubric.type.ts";
import { createRubric, publishRubric, reviseRubric } from "./rubric-write.service.ts";

@Resolver()
export class RubricQueries {
  @Authorized<Permission>("rubrics:read")
  @Query(() => RubricConnection, {
    description:
      "The rubrics by which a unit judges others, the latest year first; drafts for VIEWERs of the unit alone. BAD_USER_INPUT for an unknown unit (danh sách bộ tiêu chí).",
  })
  rubrics(
    @Arg("organiser", () => ID, { description: "Code or id of the unit that judges." }) organiser: string,
    @Arg("year", () => Int, { nullable: true, description: "Selects rubrics of this assessed year." }) year: number | undefined,
    @Arg("index", () => IndexKindEnum, { nullable: true, description: "Selects rubrics of this index." }) index: IndexKind | undefined,
    @Arg("first", () => Int, { defaultValue: 50, description: "Maximum number of rubrics, 1 to 1,000." }) first: number,
    @Arg("after", () => String, { nullable: true, description: "Cursor after which the page begins." }) after: string | undefined,
    @Ctx() context: RequestContext,
  ) {
    return listRubrics(context, { organiser, year, index, first, after });
  }

  @Authorized<Permission>("rubrics:read")
  @Query(() => RubricType, {
    nullable: true,
    description: "A rubric; null for a draft that the caller may not see (tra cứu bộ tiêu chí).",
  })
  rubric(@Arg("id", () => ID, { description: "Id of the rubric." }) id: string, @Ctx() context: RequestContext) {
    return findRubric(context, id);
  }

  @Authorized<Permission>("rubrics:read")
  @Query(() => [CriterionChangeType], {
    description:
      "The changes from one rubric to another, such as of another version or year, matched by code: in the order of the later one, then the removed ones. " +
      "NOT_FOUND for a rubric that the caller may not see (so sánh bộ tiêu chí).",
  })
  rubricDiff(
    @Arg("from", () => ID, { description: "Id of the earlier rubric." }) from: string,
    @Arg("to", () => ID, { description: "Id of the later rubric." }) to: string,
    @Ctx() context: RequestContext,
  ) {
    return diffOfRubrics(context, from, to);
  }
}

@Resolver()
export class RubricMutations {
  @Authorized<Permission>("rubrics:write")
  @Mutation(() => RubricPayloadType, {
    description:
      "Stores a draft of version 1; requires ADMIN of the organiser. All or nothing; problems name the criterion. CONFLICT if there is a rubric of the same organiser, index, " +
      "block and year (tạo bộ tiêu chí).",
  })
  createRubric(
    @Arg("input", () => RubricInput, { description: "The rubric with all of its criteria." }) input: RubricInput,
    @Ctx() context: RequestContext,
  ) {
    return createRubric(context, input);
  }

  @Authorized<Permission>("rubrics:write")
  @Mutation(() => RubricPayloadType, {
    description:
      "Stores a draft of the next version, with all of its criteria; the revised rubric stays as it is. Requires ADMIN of the organiser (sửa bộ tiêu chí).",
  })
  reviseRubric(
    @Arg("input", () => ReviseRubricInput, { description: "The rubric and its next version." }) input: ReviseRubricInput,
    @Ctx() context: RequestContext,
  ) {
    return reviseRubric(context, input);
  }

  @Authorized<Permission>("rubrics:write")
  @Mutation(() => RubricPayloadType, {
    description:
      "Publishes a draft, which never changes from then on; requires ADMIN of the organiser. CONFLICT for a published rubric, and if a later version is published (ban hành bộ tiêu chí).",
  })
  publishRubric(@Arg("input", () => RubricIdInput, { description: "The rubric." }) input: RubricIdInput, @Ctx() context: RequestContext) {
    return publishRubric(context, input);
  }
}

@Resolver(() => RubricType)
export class RubricResolver {
  @FieldResolver(() => UnitType, {
    nullable: true,
    description:
      "The unit that judges by it, as of the end of the year or today; null for a rubric that reports merely name (đơn vị tổ chức).",
  })
  organiser(@Root() rubric: RubricView, @Ctx() context: RequestContext) {
    return organiserOf(context, rubric);
  }

  @FieldResolver(() => [CriterionType], {
    description:
      "The roots of the tree, in order: domains, under them criteria and sub-criteria; empty for a rubric that reports merely name (lĩnh vực).",
  })
  domains(@Root() { no }: RubricView, @Ctx() context: RequestContext) {
    return criteriaBelow(context, no, null);
  }
}

@Resolver(() => RubricConnection)
export class RubricConnectionResolver {
  @FieldResolver(() => Int, { description: "All of the list, whatever the page." })
  totalCount(@Root() { list }: { list: RubricList }, @Ctx() context: RequestContext) {
    return countRubrics(context, list);
  }
}

@Resolver(() => CriterionType)
export class CriterionResolver {
  @FieldResolver(() => ID, { description: "Stable within the version of the rubric (định danh)." })
  id(@Root() { rubricNo, position }: CriterionView) {
    return assessmentIdOf("criterion", rubricNo, position);
  }

  @FieldResolver(() => [CriterionType], { description: "The nodes below it, in order; empty for a leaf (tiêu chí thành phần)." })
  children(@Root() { rubricNo, position }: CriterionView, @Ctx() context: RequestContext) {
    return criteriaBelow(context, rubricNo, position);
  }

  @FieldResolver(() => CriterionType, { nullable: true, description: "The node above it; null for a root (tiêu chí cha)." })
  parent(@Root() { rubricNo, parentPosition }: CriterionView, @Ctx() context: RequestContext) {
    return criterionAt(context, rubricNo, parentPosition);
  }

  @FieldResolver(() => IndicatorType, {
    nullable: true,
    description: "Of INDICATOR: the indicator that it is computed from; else null (chỉ số).",
  })
  indicator(@Root() criterion: CriterionView) {
    return indicatorOf(criterion);
  }

  @FieldResolver(() => UnitType, {
    nullable: true,
    description: "The unit or agency that appraises it, as of today; null if it is the organiser (đơn vị thẩm định).",
  })
  appraiser(@Root() { appraiserNo }: CriterionView, @Ctx() context: RequestContext) {
    return appraiserNo === null ? null : context.use(unitLoaders).unitByNo.load(appraiserNo);
  }
}
