import { Arg, Authorized, Ctx, Field, FieldResolver, ID, Int, ObjectType, Query, Resolver, Root } from "type-graphql";
import type { Permission } from "../../../src/access/permission.ts";
import type { RequestContext } from "../../../src/access/request-context.ts";
import type { UnitView } from "../../../src/hierarchy/unit-view.ts";
import { UnitType } from "../../../src/units/unit.type.ts";
import { historiesOf, versionsOf } from "./history.service.ts";

@ObjectType("History", { simpleResolvers: true })
class HistoryType {
  @Field(() => UnitType)
  unit!: UnitView;
}

@Resolver(() => HistoryType)
export class HistoryResolver {
  @Authorized<Permission>("units:read")
  @Query(() => [HistoryType])
  histories(@Arg("codes", () => [ID]) codes: string[], @Ctx() context: RequestContext) {
    return historiesOf(context, codes);
  }

  @FieldResolver(() => Int)
  versions(@Root() { unit }: HistoryType, @Ctx() context: RequestContext) {
    return versionsOf(context, unit);
  }
}
