import { Field, ID, InputType, ObjectType } from "type-graphql";
import { enumType } from "../lib/enum.ts";
import { DateScalar, DateTimeScalar } from "../lib/time/scalar.ts";
import type { AccessKeyInput } from "./access-key.input.ts";
import type { AccessGrantView, AccessKeyView } from "./access-key.ts";
import type { Role } from "../access/viewer.ts";

export const RoleEnum = enumType<Role>(
  "AccessRole",
  "What may be done on a unit and all that contributes certainly to it (vai trò). On a unit that is no more every role only reads.",
  {
    VIEWER: "Reads drafts and records (người xem).",
    OFFICER: "Reads and writes them (cán bộ).",
    ASSESSOR: "Reads them, as a VIEWER does: nothing needs this role yet (người thẩm định).",
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
  @Field(() => ID, { description: "Identity, which rotation keeps; no secret (định danh)." })
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
      "The key or token that made it, and with which it ends: key:<id>, or token:<issuer>#<subject>; null where a command did (được tạo bởi).",
  })
  madeBy!: string | null;

  @Field(() => DateTimeScalar, { description: "From when on it is no longer accepted (hết hạn)." })
  expiresAt!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When it was revoked, or the key that made it; null while neither is (thu hồi).",
  })
  revokedAt!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Until when the secret before the last rotation is accepted, too; null where it is not (hạn của mã cũ).",
  })
  formerSecretUntil!: string | null;
}

@ObjectType("IssuedAccessKey", { simpleResolvers: true, description: "A key with its secret (khoá vừa cấp)." })
export class IssuedAccessKeyType {
  @Field(() => AccessKeyType, { description: "The key." })
  key!: AccessKeyType;

  @Field(() => String, { description: "What to send as Authorization: Bearer. Told this once and kept nowhere (mã bí mật)." })
  secret!: string;
}

@InputType("AccessGrantInput", { description: "A role on a unit (quyền)." })
export class AccessGrantInputType {
  @Field(() => ID, { description: "Code of a unit that exists today, or id of any unit; kept as the id." })
  unit!: string;

  @Field(() => RoleEnum, { description: "The role (vai trò)." })
  role!: Role;
}

@InputType("AccessKeyInput", { description: "A key to be created (khoá cần cấp)." })
export class AccessKeyInputType implements AccessKeyInput {
  @Field(() => String, { description: "What it is called, 1 to 200 characters (tên)." })
  name!: string;

  @Field(() => [AccessGrantInputType], { description: "Its roles, 1 to 100 (các quyền)." })
  grants!: AccessGrantInputType[];

  @Field(() => DateScalar, {
    nullable: true,
    description:
      "The last day on which it is accepted: a year from today unless said, at most five, and never longer than the key or token that makes it (ngày hết hạn).",
  })
  expiresOn?: string | null;
}
