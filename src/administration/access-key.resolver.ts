import { Arg, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import type { RequestContext } from "../access/request-context.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import { UnitType } from "../units/unit.type.ts";
import { createAccessKey, keepKeys, keysUnder, revokeAccessKey, rotateAccessKey } from "./access-key.service.ts";
import type { AccessGrantView } from "./access-key.ts";
import { AccessGrantType, AccessKeyInputType, AccessKeyType, IssuedAccessKeyType } from "./access-key.type.ts";
import type { Permission } from "../access/permission.ts";

const KEY = "Id of the key.";

@Resolver()
export class AccessKeyResolver {
  @Authorized<Permission>("keys:read")
  @Query(() => [AccessKeyType], {
    description:
      "The keys with a role on the unit, or on what contributes certainly to it, newest first; those with a unit where the caller is no ADMIN do not exist " +
      "for it. BAD_USER_INPUT for an unknown unit, FORBIDDEN for one where the caller is no ADMIN (danh sách khoá API).",
  })
  accessKeys(
    @Arg("unit", () => ID, { description: "Code (as of today, else of its last holder) or id of the unit." }) unit: string,
    @Ctx() context: RequestContext,
  ) {
    return keysUnder(context, unit);
  }

  @Authorized<Permission>("keys:write")
  @Mutation(() => IssuedAccessKeyType, {
    description:
      "Creates a key and tells its secret, this once. It ends with the key or token that makes it. BAD_USER_INPUT for a name, unit or day that is not " +
      "accepted, FORBIDDEN for a unit where the caller is no ADMIN, LIMIT_EXCEEDED for a unit with 100 keys that hold (cấp khoá API).",
  })
  createAccessKey(
    @Arg("input", () => AccessKeyInputType, { description: "Name, roles and expiry." }) input: AccessKeyInputType,
    @Ctx() context: RequestContext,
  ) {
    return keepKeys(context, (em, keeper, now) => createAccessKey(em, keeper, input, now));
  }

  @Authorized<Permission>("keys:write")
  @Mutation(() => IssuedAccessKeyType, {
    description:
      "Gives a key a new secret and tells it, this once; the old one is refused at once, or after `overlap`. Id, roles, maker and expiry stay. NOT_FOUND for a " +
      "key that the caller does not administer, CONFLICT for one that is revoked or expired (đổi mã bí mật).",
  })
  rotateAccessKey(
    @Arg("id", () => ID, { description: KEY }) id: string,
    @Arg("overlap", () => String, {
      nullable: true,
      description:
        "How long the old secret is accepted beside the new one: hours or days from 1h to 7d, such as 24h; not at all unless said. One that is still accepted " +
        "from the rotation before is refused at once (thời gian dùng song song).",
    })
    overlap: string | null | undefined,
    @Ctx() context: RequestContext,
  ) {
    return keepKeys(context, (em, keeper, now) => rotateAccessKey(em, keeper, { id, overlap }, now));
  }

  @Authorized<Permission>("keys:write")
  @Mutation(() => AccessKeyType, {
    description:
      "Revokes a key for good, and with it all keys that it made, and that those made; one that is revoked already stays as it is. NOT_FOUND for a key that the caller does not administer (thu hồi khoá API).",
  })
  revokeAccessKey(@Arg("id", () => ID, { description: KEY }) id: string, @Ctx() context: RequestContext) {
    return keepKeys(context, (em, keeper, now) => revokeAccessKey(em, keeper, id, now));
  }
}

@Resolver(() => AccessGrantType)
export class AccessGrantResolver {
  @FieldResolver(() => UnitType, { description: "The unit, as it is today or was on its last day (đơn vị)." })
  unit(@Root() { unitNo, asOf }: AccessGrantView, @Ctx() context: RequestContext) {
    return context.use(unitLoaders).unitOn.load({ no: unitNo, asOf });
  }
}
