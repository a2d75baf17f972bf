import { Arg, Authorized, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from "type-graphql";
import type { RequestContext } from "../access/request-context.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import { UnitType } from "../units/unit.type.ts";
import type { Administered } from "./administered.ts";
import { type AuditRow, auditTrail, countAuditTrail } from "./audit.service.ts";
import { AuditEntryConnection, AuditEntryType } from "./audit.type.ts";
import type { Permission } from "../access/permission.ts";

@Resolver()
export class AuditQueries {
  @Authorized<Permission>("audit:read")
  @Query(() => AuditEntryConnection, {
    description:
      "Who changed what of a unit and of all that contributes certainly to it, as far as the caller is ADMIN there, newest first. BAD_USER_INPUT for an " +
      "unknown unit, FORBIDDEN for one where the caller is no ADMIN (nhật ký kiểm toán).",
  })
  auditTrail(
    @Arg("unit", () => ID, { description: "Code (as of today, else of its last holder) or id of the unit." }) unit: string,
    @Arg("first", () => Int, { defaultValue: 50, description: "How many at most, 1..1000." }) first: number,
    @Arg("after", () => String, { nullable: true, description: "Cursor after which the page begins." }) after: string | undefined,
    @Ctx() context: RequestContext,
  ) {
    return auditTrail(context, unit, first, after);
  }
}

@Resolver(() => AuditEntryConnection)
export class AuditEntryConnectionResolver {
  @FieldResolver(() => Int, { description: "All of the list, whatever the page." })
  totalCount(@Root() { where }: { where: Administered }, @Ctx() context: RequestContext) {
    return countAuditTrail(context, where);
  }
}

@Resolver(() => AuditEntryType)
export class AuditEntryResolver {
  @FieldResolver(() => UnitType, { description: "The unit concerned, as it is today or was on its last day (đơn vị liên quan)." })
  unit(@Root() { unitNo, asOf }: AuditRow, @Ctx() context: RequestContext) {
    return context.use(unitLoaders).unitOn.load({ no: unitNo, asOf });
  }
}
