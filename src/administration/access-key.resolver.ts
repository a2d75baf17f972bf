import { Arg, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import type { RequestContext } from "../access/request-context.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import { UnitType } from "../units/unit.type.ts";
import { changeKeys, createAccessKey, keysUnder, revokeAccessKey, rotateAccessKey } from "./access-key.service.ts";
import type { AccessGrantView } from "./access-key.ts";
import {
  AccessGrantType,
  AccessKeyType,
  CreateAccessKeyInput,
  CreateAccessKeyPayload,
  RevokeAccessKeyInput,
  RevokeAccessKeyPayload,
  RotateAccessKeyInput,
  RotateAccessKeyPayload,
} from "./access-key.type.ts";
import type { Permission } from "../access/permission.ts";

@Resolver()
export class AccessKeyResolver {
  @Authorized<Permission>("keys:read")
  @Query(() => [AccessKeyType], {
    description:
      "The keys with a role on the unit, or on what contributes certainly to it, newest first, without those that also have a role where the caller is no " +
      "ADMIN. BAD_USER_INPUT for an unknown unit, FORBIDDEN for one where the caller is no ADMIN (danh sách khoá API).",
  })
  accessKeys(
    @Arg("unit", () => ID, { description: "Code (as of today, else of its last holder) or id of the unit." }) unit: string,
    @Ctx() context: RequestContext,
  ) {
    return keysUnder(context, unit);
  }

  @Authorized<Permission>("keys:write")
  @Mutation(() => CreateAccessKeyPayload, {
    description:
      "Creates a key and returns its secret, this once. It expires with the key or token that creates it. BAD_USER_INPUT for an invalid name, unit or day, " +
      "FORBIDDEN for a unit where the caller is no ADMIN, LIMIT_EXCEEDED for a unit with 100 valid keys (cấp khoá API).",
  })
  createAccessKey(
    @Arg("input", () => CreateAccessKeyInput, { description: "Name, roles and expiry." }) input: CreateAccessKeyInput,
    @Ctx() context: RequestContext,
  ) {
    return changeKeys(context, (em, keeper, now) => createAccessKey(em, keeper, input, now));
  }

  @Authorized<Permission>("keys:write")
  @Mutation(() => RotateAccessKeyPayload, {
    description:
      "Gives a key a new secret and returns it, this once. The service refuses the old one at once, or after `overlap`. Id, roles, creator and expiry stay. " +
      "NOT_FOUND for a key that the caller does not administer, CONFLICT for one that is revoked or expired (đổi mã bí mật).",
  })
  rotateAccessKey(
    @Arg("input", () => RotateAccessKeyInput, { description: "Which key, and for how long the old secret stays valid." })
    input: RotateAccessKeyInput,
    @Ctx() context: RequestContext,
  ) {
    return changeKeys(context, (em, keeper, now) => rotateAccessKey(em, keeper, input, now));
  }

  @Authorized<Permission>("keys:write")
  @Mutation(() => RevokeAccessKeyPayload, {
    description:
      "Revokes a key for good, with all keys that it created, and those that these created; a revoked one stays unchanged. NOT_FOUND for a key that the " +
      "caller does not administer (thu hồi khoá API).",
  })
  async revokeAccessKey(
    @Arg("input", () => RevokeAccessKeyInput, { description: "Which key." }) { id }: RevokeAccessKeyInput,
    @Ctx() context: RequestContext,
  ) {
    return { accessKey: await changeKeys(context, (em, keeper, now) => revokeAccessKey(em, keeper, id, now)) };
  }
}

@Resolver(() => AccessGrantType)
export class AccessGrantResolver {
  @FieldResolver(() => UnitType, { description: "The unit, as it is today or was on its last day (đơn vị)." })
  unit(@Root() { unitNo, asOf }: AccessGrantView, @Ctx() context: RequestContext) {
    return context.use(unitLoaders).unitOn.load({ no: unitNo, asOf });
  }
}
