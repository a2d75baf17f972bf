import { Arg, Authorized, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from "type-graphql";
import type { Permission } from "../access/permission.ts";
import type { RequestContext } from "../access/request-context.ts";
import { parseKnownDay } from "../lib/time/date.ts";
import { DateScalar } from "../lib/time/scalar.ts";
import type { Tier, UnitKind } from "../hierarchy/unit.entity.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import type { EvidenceKind, UnitView } from "../hierarchy/unit-view.ts";
import { unitListLoaders } from "./unit-list.ts";
import { unitAsked } from "./unit.service.ts";
import { CorrespondenceType, EvidenceEnum, SuccessionType, TierEnum, UnitConnection, UnitKindEnum, UnitType } from "./unit.type.ts";

const FIRST = "Maximum number of items, 1..1000.";
const AFTER = "Cursor after which the page begins.";
const KINDS = "Selects units of these kinds. Agencies are listed only if this argument names their kinds.";

@Resolver()
export class UnitQueries {
  @Authorized<Permission>("units:read")
  @Query(() => UnitType, {
    nullable: true,
    description:
      "The unit with this official code or id as of asOf. Default: as of today, and for an abolished unit as of " +
      "of its last day. Null if there is none. BAD_USER_INPUT unless exactly one of code and id is given (tra cứu đơn vị).",
  })
  unit(
    @Arg("code", () => ID, { nullable: true, description: "Official code at asOf, such as 48." }) code: string | undefined,
    @Arg("id", () => ID, { nullable: true, description: "Identity: 48.2015." }) id: string | undefined,
    @Arg("asOf", () => DateScalar, {
      nullable: true,
      description: "Day of the hierarchy, from 31 August 2015; for a future day, as decided by today.",
    })
    asOf: string | undefined,
    @Arg("evidence", () => EvidenceEnum, { defaultValue: "PUBLISHED", description: "The reports that figures come from." })
    evidence: EvidenceKind,
    @Ctx() context: RequestContext,
  ) {
    return context.use(unitLoaders, evidence).unitByReference.load(unitAsked({ code, id, asOf }));
  }

  @Authorized<Permission>("units:read")
  @Query(() => UnitConnection, {
    description:
      "Units of the hierarchy of one date (default: today), agencies included, within a unit, by tier, kind or name. Search ignores case and " +
      "diacritics, and each of its words must begin a word of the name; it also finds former names, and the names of units merged whole into this one. Whole " +
      "names come first, then names with this prefix, then names with these words; within these higher tiers, then present names before former ones, then by " +
      "code. Without search by code; with codes in their order, without the unknown ones (danh sách đơn vị).",
  })
  units(
    @Arg("codes", () => [ID], { nullable: true, description: "Selects the holders of these codes, in this order; at most 1000." }) codes:
      | string[]
      | undefined,
    @Arg("within", () => ID, { nullable: true, description: "Code or id of a unit: selects units below it at any depth." }) within:
      | string
      | undefined,
    @Arg("tier", () => TierEnum, { nullable: true, description: "Selects units of this tier." }) tier: Tier | undefined,
    @Arg("kinds", () => [UnitKindEnum], { nullable: true, description: "Selects units of these kinds." }) kinds: UnitKind[] | undefined,
    @Arg("search", () => String, {
      nullable: true,
      description:
        "Prefixes of words of the name, such as uong bi; also with an abbreviation of its kind (TP., TX., TT., P., Q., H., X.) or in one word (TP.HCM, Hanoi), " +
        "before units above it (Hạ Long, Quảng Ninh), or a code (48) or at least its first three digits. At most 200 characters and 12 words.",
    })
    search: string | undefined,
    @Arg("asOf", () => DateScalar, {
      nullable: true,
      description: "Day of the hierarchy, from 31 August 2015; for a future day, as decided by today.",
    })
    asOf: string | undefined,
    @Arg("first", () => Int, { defaultValue: 50, description: FIRST }) first: number,
    @Arg("after", () => String, { nullable: true, description: AFTER }) after: string | undefined,
    @Ctx() context: RequestContext,
  ) {
    return context.use(unitListLoaders).unitList.load({ codes, within, tier, kinds, search, asOf, first, after });
  }
}

@Resolver(() => UnitType)
export class UnitResolver {
  @FieldResolver(() => UnitType, {
    nullable: true,
    description: "The parent unit, or the unit to which an agency is attached; null for the country (đơn vị cấp trên).",
  })
  parent(@Root() unit: UnitView, @Ctx() context: RequestContext) {
    return unit.parentNo === null ? null : context.use(unitLoaders, unit.evidence).unitOn.load({ no: unit.parentNo, asOf: unit.asOf });
  }

  @FieldResolver(() => [UnitType], { description: "From the country down to the parent (các cấp trên)." })
  ancestors(@Root() unit: UnitView, @Ctx() context: RequestContext) {
    return context.use(unitLoaders, unit.evidence).ancestorsOf.load(unit);
  }

  @FieldResolver(() => [UnitType], { description: "The territorial units directly below this one, by code (đơn vị trực thuộc)." })
  children(
    @Root() unit: UnitView,
    @Arg("tier", () => TierEnum, { nullable: true, description: "Selects units of this tier." }) tier: Tier | undefined,
    @Arg("kinds", () => [UnitKindEnum], { nullable: true, description: KINDS }) kinds: UnitKind[] | undefined,
    @Ctx() context: RequestContext,
  ) {
    return context
      .use(unitLoaders, unit.evidence)
      .childrenOf.load({ no: unit.no, asOf: unit.asOf, tier: tier ?? null, kinds: kinds ?? null });
  }

  @FieldResolver(() => UnitConnection, {
    description: "The territorial units below this one at any depth, by code (toàn bộ đơn vị bên dưới).",
  })
  descendants(
    @Root() unit: UnitView,
    @Arg("tier", () => TierEnum, { nullable: true, description: "Selects units of this tier." }) tier: Tier | undefined,
    @Arg("kinds", () => [UnitKindEnum], { nullable: true, description: KINDS }) kinds: UnitKind[] | undefined,
    @Arg("first", () => Int, { defaultValue: 50, description: FIRST }) first: number,
    @Arg("after", () => String, { nullable: true, description: AFTER }) after: string | undefined,
    @Ctx() context: RequestContext,
  ) {
    return context.use(unitListLoaders, unit.evidence).descendants.load({ no: unit.no, asOf: unit.asOf, tier, kinds, first, after });
  }

  @FieldResolver(() => [SuccessionType], {
    description: "The units that were merged or split into this one by asOf, by code (đơn vị tiền thân).",
  })
  predecessors(@Root() unit: UnitView, @Ctx() context: RequestContext) {
    return context.use(unitLoaders, unit.evidence).predecessorsOf.load(unit);
  }

  @FieldResolver(() => [SuccessionType], {
    description: "The units that took over this one when it was abolished, by code; empty while it exists (đơn vị kế thừa).",
  })
  successors(@Root() unit: UnitView, @Ctx() context: RequestContext) {
    return context.use(unitLoaders, unit.evidence).successorsOf.load(unit);
  }

  @FieldResolver(() => [CorrespondenceType], {
    description:
      "The same territory on another date: the smallest units of that hierarchy to which this unit contributes, by code (đơn vị tương ứng).",
  })
  correspondence(
    @Root() unit: UnitView,
    @Arg("on", () => DateScalar, { description: "Day of the other hierarchy." }) on: string,
    @Ctx() context: RequestContext,
  ) {
    return context.use(unitLoaders, unit.evidence).correspondenceOf.load({ no: unit.no, asOf: parseKnownDay("on", on) });
  }
}
