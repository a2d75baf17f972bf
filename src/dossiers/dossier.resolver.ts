import { Arg, Authorized, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from "type-graphql";
import type { Permission } from "../access/permission.ts";
import { SourceType } from "../figures/source.type.ts";
import type { RequestContext } from "../access/request-context.ts";
import { figureLoaders } from "../figures/figure.loaders.ts";
import { procedureLoaders } from "../procedures/procedure.loaders.ts";
import { DateScalar } from "../lib/time/scalar.ts";
import { UnitType } from "../units/unit.type.ts";
import { dossierIdOf } from "./dossier-id.ts";
import type { DossierList } from "./dossier-list.ts";
import { DossierFilter } from "./dossier.filter.ts";
import type { DossierView } from "./dossier.loaders.ts";
import { countDossiers, findDossier, listDossiers, pausesOf, timelinessOf, unitOfDossier } from "./dossier.service.ts";
import { DossierConnection, DossierType, PauseType, TimelinessEnum } from "./dossier.type.ts";
import { ProcedureType } from "../procedures/procedure.type.ts";

@Resolver()
export class DossierQueries {
  @Authorized<Permission>("dossiers:read")
  @Query(() => DossierType, {
    nullable: true,
    description:
      "The dossier with this code, for VIEWERs of its unit; null for everybody else. CONFLICT, naming the sources, if several systems " +
      "use the code and no source is given (tra cứu hồ sơ).",
  })
  dossier(
    @Arg("code", () => ID, { description: "Code in the source system (mã hồ sơ)." }) code: string,
    @Arg("source", () => ID, { nullable: true, description: "Id of the source, if two systems use the same code." })
    source: string | undefined,
    @Ctx() context: RequestContext,
  ) {
    return findDossier(context, code, source);
  }

  @Authorized<Permission>("dossiers:read")
  @Query(() => DossierConnection, {
    description:
      "Dossiers of the units of which the caller is VIEWER, newest day first: the day of receipt, otherwise of submission, otherwise of the last update; within " +
      "a day the newest source first, and from the last code. BAD_USER_INPUT for an unknown unit, procedure or field (danh sách hồ sơ).",
  })
  dossiers(
    @Arg("filter", () => DossierFilter, { description: "Which dossiers." }) filter: DossierFilter,
    @Arg("first", () => Int, { defaultValue: 50, description: "Maximum number of items, 1..1000." }) first: number,
    @Arg("after", () => String, { nullable: true, description: "Cursor after which the page begins." }) after: string | undefined,
    @Ctx() context: RequestContext,
  ) {
    return listDossiers(context, filter, first, after);
  }
}

@Resolver(() => DossierConnection)
export class DossierConnectionResolver {
  @FieldResolver(() => Int, { description: "Number of dossiers in the whole list." })
  totalCount(@Root() { list }: { list: DossierList }, @Ctx() context: RequestContext) {
    return countDossiers(context, list);
  }
}

@Resolver(() => DossierType)
export class DossierResolver {
  @FieldResolver(() => ID, { description: "Identifies source and code; stable and opaque (định danh)." })
  id(@Root() dossier: DossierView) {
    return dossierIdOf(dossier);
  }

  @FieldResolver(() => ProcedureType, { description: "The requested procedure (thủ tục)." })
  procedure(@Root() { procedureNo }: DossierView, @Ctx() context: RequestContext) {
    return context.use(procedureLoaders).procedureByNo.load(procedureNo);
  }

  @FieldResolver(() => UnitType, { description: "The handling unit as of the day of receipt (đơn vị giải quyết)." })
  unit(@Root() { unitNo, datedOn }: DossierView, @Ctx() context: RequestContext) {
    return unitOfDossier(context, unitNo, datedOn);
  }

  @FieldResolver(() => UnitType, {
    description: "The unit that received the dossier, as of the day of receipt; usually the handling unit (đơn vị tiếp nhận).",
  })
  receivedBy(@Root() { receivedByNo, datedOn }: DossierView, @Ctx() context: RequestContext) {
    return unitOfDossier(context, receivedByNo, datedOn);
  }

  @FieldResolver(() => [PauseType], { description: "Pauses of processing in chronological order (các lần tạm dừng)." })
  pauses(@Root() dossier: DossierView, @Ctx() context: RequestContext) {
    return pausesOf(context, dossier);
  }

  @FieldResolver(() => TimelinessEnum, {
    description:
      "Timeliness against its present due day at the end of asOf: NOT_DUE before acceptance, and ENDED_WITHOUT_RESULT if it was refused. " +
      "BAD_USER_INPUT for a day in the future (tình trạng thời hạn).",
  })
  timeliness(
    @Root() dossier: DossierView,
    @Arg("asOf", () => DateScalar, { nullable: true, description: "The timeliness at the end of this day; default: today." }) asOf:
      | string
      | undefined,
    @Ctx() context: RequestContext,
  ) {
    return timelinessOf(context, dossier, asOf);
  }

  @FieldResolver(() => SourceType, { description: "The source system (hệ thống nguồn)." })
  source(@Root() { sourceNo }: DossierView, @Ctx() context: RequestContext) {
    return context.use(figureLoaders).sourceByNo.load(sourceNo);
  }
}
