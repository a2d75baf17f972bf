import { Field, ID, InputType, ObjectType } from "type-graphql";
import { SourceType } from "../../figures/source.type.ts";
import { SOURCE_NAME, SOURCE_OWNER, SOURCE_OWNER_IF_SEVERAL } from "../../imports/import-report.type.ts";
import { DossierInput } from "./dossier-import.type.ts";

@InputType("ImportDossiersInput", { description: "Dossiers of one source system (hồ sơ cần nhập)." })
export class ImportDossiersInput {
  @Field(() => ID, { description: SOURCE_NAME })
  source!: string;

  @Field(() => ID, { nullable: true, description: SOURCE_OWNER_IF_SEVERAL })
  owner?: string | null;

  @Field(() => [DossierInput], { description: "1 to 5,000 dossiers (hồ sơ)." })
  dossiers!: DossierInput[];

  @Field(() => Boolean, { defaultValue: false, description: "Stores the valid rows even if others are invalid." })
  partial!: boolean;

  @Field(() => Boolean, { defaultValue: false, description: "Checks everything and stores nothing (kiểm tra thử)." })
  dryRun!: boolean;
}

@InputType("RetractDossiersInput", { description: "Dossiers that were sent by mistake (hồ sơ cần thu hồi)." })
export class RetractDossiersInput {
  @Field(() => ID, { description: SOURCE_NAME })
  source!: string;

  @Field(() => ID, { nullable: true, description: SOURCE_OWNER_IF_SEVERAL })
  owner?: string | null;

  @Field(() => [ID], { description: "Codes of its dossiers, at most 1,000 (mã hồ sơ)." })
  codes!: string[];

  @Field(() => String, { description: "The reason, 1 to 2,000 characters, which the audit trail stores (lý do)." })
  reason!: string;
}

@InputType("TransferSourceInput", { description: "Transfers a source system to another unit (chuyển giao hệ thống nguồn)." })
export class TransferSourceInput {
  @Field(() => ID, { description: SOURCE_NAME })
  source!: string;

  @Field(() => ID, { description: SOURCE_OWNER })
  owner!: string;

  @Field(() => ID, { description: "Code or id of the new owner (đơn vị tiếp nhận)." })
  to!: string;
}

@InputType("RetireSourceInput", { description: "Retires a source system (ngừng hệ thống nguồn)." })
export class RetireSourceInput {
  @Field(() => ID, { description: SOURCE_NAME })
  source!: string;

  @Field(() => ID, { description: SOURCE_OWNER })
  owner!: string;
}

@ObjectType("SourcePayload", { simpleResolvers: true, description: "A source system after a change (hệ thống nguồn)." })
export class SourcePayloadType {
  @Field(() => SourceType, { description: "The source (hệ thống nguồn)." })
  source!: SourceType;
}
