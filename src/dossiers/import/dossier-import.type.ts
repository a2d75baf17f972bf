import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { DateTimeScalar } from "../../lib/time/scalar.ts";
import type { DossierRow } from "./dossier-stage.ts";
import type { Channel, DossierState, PauseReason } from "../dossier-state.ts";
import { ChannelEnum, DossierStateEnum, PauseReasonEnum } from "../dossier-state.type.ts";

@InputType("PauseInput", { description: "A time for which the clock stood still (tạm dừng)." })
export class PauseInput {
  @Field(() => PauseReasonEnum, { description: "Why." })
  reason!: PauseReason;

  @Field(() => DateTimeScalar, { description: "When it began." })
  from!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it ended; null while it lasts." })
  to?: string | null;
}

@InputType("DossierInput", {
  description:
    "The whole present state of one dossier as its system knows it. Sent again it changes nothing; sent with a later updatedAt it replaces what was known; " +
    "with an earlier one it is STALE and ignored; with the same updatedAt and another content, or one more than 30 s ahead of the server's clock, it is a problem (hồ sơ).",
})
export class DossierInput implements DossierRow {
  @Field(() => ID, {
    description:
      "Code of the dossier in its system, 1 to 100 characters in NFC that can be seen, with no blanks but U+0020 between them (mã hồ sơ).",
  })
  code!: string;

  @Field(() => ID, { description: "Code of the procedure in the catalogue (mã thủ tục hành chính)." })
  procedure!: string;

  @Field(() => ID, { description: "Official code of the handling unit on the day of receipt (đơn vị giải quyết)." })
  unit!: string;

  @Field(() => ID, { nullable: true, description: "Official code of the unit where it was handed in, if elsewhere (nơi tiếp nhận)." })
  receivedBy?: string | null;

  @Field(() => ChannelEnum, { defaultValue: "DIRECT", description: "How it was handed in." })
  channel!: Channel;

  @Field(() => DossierStateEnum, { description: "Its present state." })
  state!: DossierState;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was submitted (thời điểm nộp)." })
  submittedAt?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When it was accepted. Required in every state after acceptance (thời điểm tiếp nhận).",
  })
  receivedAt?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "As promised at receipt. Computed from the procedure's limit and the work calendar where left out (ngày hẹn trả kết quả).",
  })
  dueAt?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "The new appointment, where it was extended: at most once (gia hạn)." })
  extendedTo?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When processing ended: resolved (not: handed over), stopped, withdrawn or refused (thời điểm xử lý xong).",
  })
  endedAt?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When the result was handed over (thời điểm trả kết quả)." })
  returnedAt?: string | null;

  @Field(() => [PauseInput], { defaultValue: [], description: "The times for which the clock stood still; none overlaps another." })
  pauses!: PauseInput[];

  @Field(() => Boolean, { nullable: true, description: "Whether its papers are digitised; null where that is not known (số hóa)." })
  digitised?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether its fee was paid online; null where that is not known (thanh toán trực tuyến).",
  })
  paidOnline?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether its result is an electronic one; null where that is not known (kết quả điện tử).",
  })
  electronicResult?: boolean | null;

  @Field(() => DateTimeScalar, { description: "When its system last changed it." })
  updatedAt!: string;
}

@ObjectType("ImportProblem", { simpleResolvers: true, description: "Why a row was not kept (lỗi nhập liệu)." })
export class ImportProblemType {
  @Field(() => Int, { description: "Place in the list, counted from 1." })
  row!: number;

  @Field(() => ID, { nullable: true, description: "Code of the record, where the row has one." })
  record!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Field of the row that is wrong: pauses[0].from; null where it is the row as a whole.",
  })
  field!: string | null;

  @Field(() => String, { description: "Stable name of the problem: ENDED_BEFORE_RECEIVED." })
  code!: string;

  @Field(() => String, { description: "In words, with the values and what is accepted." })
  message!: string;
}

@ObjectType("ImportWarning", { simpleResolvers: true, description: "What should be known of a row that is kept (cảnh báo nhập liệu)." })
export class ImportWarningType {
  @Field(() => Int, { description: "Place in the list, counted from 1." })
  row!: number;

  @Field(() => ID, { description: "Code of the record." })
  record!: string;

  @Field(() => String, { description: "Field of the row that is meant." })
  field!: string;

  @Field(() => String, {
    description:
      "Stable name of the warning: KNOWN_FROM_OTHER_SOURCE, where another source has sent a dossier of this code, which counts twice.",
  })
  code!: string;

  @Field(() => String, { description: "In words, with the values." })
  message!: string;
}

@ObjectType("ImportReport", { simpleResolvers: true, description: "What became of the rows of an import (kết quả nhập)." })
export class ImportReportType {
  @Field(() => ID, { description: "Of the import in the ledger; of one that kept nothing it is nowhere else." })
  id!: string;

  @Field(() => Boolean, {
    description:
      "False where nothing was kept: a dry run, or a bad row where partial was not asked for. Bad rows are no error of the operation.",
  })
  isKept!: boolean;

  @Field(() => Int, { description: "New dossiers." })
  created!: number;

  @Field(() => Int, { description: "Dossiers that a later word replaced, or that were taken back." })
  updated!: number;

  @Field(() => Int, { description: "Sent again as they are known." })
  unchanged!: number;

  @Field(() => Int, { description: "Older than what is known, and ignored." })
  stale!: number;

  @Field(() => Int, { description: "Not kept; problems says why." })
  rejected!: number;

  @Field(() => [ImportProblemType], { description: "The first 1,000, by row." })
  problems!: ImportProblemType[];

  @Field(() => [ImportWarningType], { description: "The first 1,000, by row; of records that the caller may write." })
  warnings!: ImportWarningType[];
}
