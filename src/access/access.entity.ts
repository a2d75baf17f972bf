import { defineEntity, p } from "@mikro-orm/core";
import { Unit } from "../hierarchy/unit.entity.ts";
import type { Role } from "./viewer.ts";

/** A key of a provincial system. The secret is shown once; only its hash is stored. */
const AccessKeySchema = defineEntity({
  name: "AccessKey",
  indexes: [{ properties: ["maker"] }],
  properties: {
    id: p.integer().primary().autoincrement(),
    key: p.text().unique().comment("Public id, by which it is listed, rotated and revoked"),
    name: p.text(),
    hash: p.text().unique().comment("SHA-256 of the secret, in hex"),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
    revokedAt: p.datetime().nullable(),
    maker: () =>
      p
        .manyToOne(AccessKey)
        .nullable()
        .deleteRule("cascade")
        .comment("The key that made it, with which it ends; null where a token or a command did"),
    makerToken: p.text().nullable().comment("Actor of the token that made it; null where a key or a command did"),
    formerHash: p.text().unique().nullable().comment("Of the secret before the last rotation, where that is accepted for a while longer"),
    formerUntil: p.datetime().nullable().comment("From when on the former secret is no longer accepted"),
  },
});
export class AccessKey extends AccessKeySchema.class {}
AccessKeySchema.setClass(AccessKey);

/** A role of a key on a unit, which was resolved from its code on the day of the grant. */
const AccessGrantSchema = defineEntity({
  name: "AccessGrant",
  indexes: [{ properties: ["unit"] }],
  properties: {
    accessKey: () => p.manyToOne(AccessKey).primary().deleteRule("cascade"),
    unit: () => p.manyToOne(Unit).primary(),
    role: p.text().$type<Role>().primary(),
  },
});
export class AccessGrant extends AccessGrantSchema.class {}
AccessGrantSchema.setClass(AccessGrant);

/** Audit trail: one row per operation, written in its transaction. The service's role may only append. */
const AuditEntrySchema = defineEntity({
  name: "AuditEntry",
  indexes: [{ properties: ["provinceId", "at"] }, { properties: ["unitId"] }],
  uniques: [{ properties: ["provinceId", "key"] }],
  properties: {
    // Keys of growing tables begin with the province, by which they may be distributed.
    provinceId: p.integer().primary().comment("Number of the province of the unit; 0 where the operation concerns none"),
    id: p.bigint("number").primary().autoincrement(),
    key: p.text(),
    at: p.datetime(6),
    actor: p.text(),
    actorName: p.text(),
    operation: p.text(),
    unitId: p.integer().nullable(),
    subject: p.text().nullable().comment("Public id of what was changed"),
    before: p.json<unknown>().nullable(),
    after: p.json<unknown>().nullable(),
  },
});
export class AuditEntry extends AuditEntrySchema.class {}
AuditEntrySchema.setClass(AuditEntry);
