import { Field, ID, InputType, ObjectType } from "type-graphql";
import { enumType } from "../lib/enum.ts";
import { DateScalar, DateTimeScalar } from "../lib/time/scalar.ts";
import type { AccessKeyInput } from "./access-key.input.ts";
import type { AccessGrantView, AccessKeyView } from "./access-key.ts";
import type { Role } from "../access/viewer.ts";

export const RoleEnum = enumType<Role>(
  "AccessRole",
  "What may be done on a unit and all that contributes certainly to it (vai trò). On a unit that has ended every role only reads.",
  {
    VIEWER: "Reads drafts and records (người xem).",
    OFFICER: "Reads and writes them (cán bộ).",
    ASSESSOR: "Reads them, as a VIEWER does; no operation needs this role yet (người thẩm định).",
    ADMIN: "All of that, and keys, publication, completeness, agencies and editions (quản trị).",
  },
);

@ObjectType("AccessGrant", { simpleResolvers: true, description: "A role on a unit (quyền)." })
export class AccessGrantType implements Pick<AccessGrantView, "role"> {
  @Field(() => RoleEnum, { description: "The role (vai trò)." })
  role!: Role;
}

@ObjectType("AccessKey", { simpleResolvers: true, description: "An API key of a system, without its secret (khoá API)." })
export class AccessKeyType implements Omit<AccessKeyView, "isExpired" | "grants"> {
  @Field(() => ID, { description: "Identity, which rotation does not change; not the secret (định danh)." })
  id!: string;

  @Field(() => String, { description: "What it is called (tên)." })
  name!: string;

  @Field(() => [AccessGrantType], { description: "Its roles, by the ids of their units (các quyền)." })
  grants!: AccessGrantType[];

  @Field(() => DateTimeScalar, { description: "When it was created (ngày tạo)." })
  createdAt!: string;

  @Field(() => String, {
    nullable: true,
    description:
      "The key or token that created it, and with which it expires: key:<id>, or token:<issuer>#<subject>; null where a command did (được tạo bởi).",
  })
  madeBy!: string | null;

  @Field(() => DateTimeScalar, { description: "When it expires (hết hạn)." })
  expiresAt!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When it, or a key that created it, was revoked; null while none is (thu hồi).",
  })
  revokedAt!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Until when the secret before the last rotation is valid; null where it is not (hạn của mã cũ).",
  })
  formerSecretUntil!: string | null;
}

@InputType("AccessGrantInput", { description: "A role on a unit (quyền)." })
export class AccessGrantInputType {
  @Field(() => ID, { description: "Code of a unit that exists today, or id of any unit; the key stores the id (đơn vị)." })
  unit!: string;

  @Field(() => RoleEnum, { description: "The role (vai trò)." })
  role!: Role;
}

@InputType("CreateAccessKeyInput", { description: "A key to create (khoá cần cấp)." })
export class CreateAccessKeyInput implements AccessKeyInput {
  @Field(() => String, { description: "What it is called, 1 to 200 characters (tên)." })
  name!: string;

  @Field(() => [AccessGrantInputType], { description: "Its roles, 1 to 100 (các quyền)." })
  grants!: AccessGrantInputType[];

  @Field(() => DateScalar, {
    nullable: true,
    description:
      "The last day on which the service accepts it: by default a year from today, at most five years, and never longer than the key or token that creates it (ngày hết hạn).",
  })
  expiresOn?: string | null;
}

const SECRET = "What to send as Authorization: Bearer. The service returns it this once and stores only its hash (mã bí mật).";

@ObjectType("CreateAccessKeyPayload", { simpleResolvers: true, description: "The new key and its secret (khoá vừa cấp)." })
export class CreateAccessKeyPayload {
  @Field(() => AccessKeyType, { description: "The key (khoá API)." })
  accessKey!: AccessKeyType;

  @Field(() => String, { description: SECRET })
  secret!: string;
}

@InputType("RotateAccessKeyInput", { description: "A key that gets a new secret (khoá cần đổi mã bí mật)." })
export class RotateAccessKeyInput {
  @Field(() => ID, { description: "Id of the key (định danh)." })
  id!: string;

  @Field(() => String, {
    nullable: true,
    description:
      "How long the service accepts the old secret beside the new one: hours or days from 1h to 7d, such as 24h; by default not at all. It refuses a secret " +
      "that is still accepted from an earlier rotation at once (thời gian dùng song song).",
  })
  overlap?: string | null;
}

@ObjectType("RotateAccessKeyPayload", { simpleResolvers: true, description: "The key and its new secret (khoá vừa đổi mã bí mật)." })
export class RotateAccessKeyPayload {
  @Field(() => AccessKeyType, { description: "The key (khoá API)." })
  accessKey!: AccessKeyType;

  @Field(() => String, { description: SECRET })
  secret!: string;
}

@InputType("RevokeAccessKeyInput", { description: "A key to revoke (khoá cần thu hồi)." })
export class RevokeAccessKeyInput {
  @Field(() => ID, { description: "Id of the key (định danh)." })
  id!: string;
}

@ObjectType("RevokeAccessKeyPayload", { simpleResolvers: true, description: "The revoked key (khoá đã thu hồi)." })
export class RevokeAccessKeyPayload {
  @Field(() => AccessKeyType, { description: "The key (khoá API)." })
  accessKey!: AccessKeyType;
}
