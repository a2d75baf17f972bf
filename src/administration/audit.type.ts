import { GraphQLScalarType } from "graphql";
import { Field, ID, ObjectType } from "type-graphql";
import { type Edge, PageInfo } from "../lib/page.ts";
import { DateTimeScalar } from "../lib/time/scalar.ts";
import type { AuditRow } from "./audit.service.ts";

/** For output only. */
export const JsonScalar = new GraphQLScalarType<unknown, unknown>({
  name: "JSON",
  description: "Any JSON value (dữ liệu JSON).",
  serialize: (value) => value,
});

@ObjectType("AuditEntry", {
  simpleResolvers: true,
  description: "One operation that changed something: who, when and what (mục nhật ký kiểm toán).",
})
export class AuditEntryType implements Omit<AuditRow, "micros" | "unitNo" | "asOf"> {
  @Field(() => ID, { description: "Identity of the entry (định danh)." })
  id!: string;

  @Field(() => DateTimeScalar, { description: "When it was done (thời điểm)." })
  at!: string;

  @Field(() => String, {
    description: "Who did it, stable over time: key:<id>, token:<issuer>#<subject>, or command:<user> (tác nhân).",
  })
  actor!: string;

  @Field(() => String, { description: "The actor's name at that time: that of the key, or the subject of the token (tên tác nhân)." })
  actorName!: string;

  @Field(() => String, { description: "The mutation or command: publishReport (thao tác)." })
  operation!: string;

  @Field(() => String, { nullable: true, description: "Public id of the changed object; null where it has none (đối tượng)." })
  subject!: string | null;

  @Field(() => JsonScalar, { nullable: true, description: "The object before the change; null where it did not exist (trước)." })
  before!: unknown;

  @Field(() => JsonScalar, { nullable: true, description: "The object after the change; null where it no longer exists (sau)." })
  after!: unknown;
}

@ObjectType("AuditEntryEdge", { simpleResolvers: true, description: "An entry in a list." })
export class AuditEntryEdge implements Edge<AuditEntryType> {
  @Field(() => String, { description: "Position in the list, for `after`." })
  cursor!: string;

  @Field(() => AuditEntryType, { description: "The entry." })
  node!: AuditEntryType;
}

@ObjectType("AuditEntryConnection", { simpleResolvers: true, description: "A page of the audit trail (nhật ký kiểm toán)." })
export class AuditEntryConnection {
  @Field(() => [AuditEntryEdge], { description: "The entries of the page with their cursors." })
  edges!: AuditEntryEdge[];

  @Field(() => [AuditEntryType], { description: "The entries of the page." })
  nodes!: AuditEntryType[];

  @Field(() => PageInfo, { description: "Information about the page." })
  pageInfo!: PageInfo;
}
