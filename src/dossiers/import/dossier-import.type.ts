import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { DateTimeScalar } from "../../lib/time/scalar.ts";
import type { DossierRow } from "./dossier-stage.ts";
import type { Channel, DossierState, PauseReason } from "../dossier-state.ts";
import { ChannelEnum, DossierStateEnum, PauseReasonEnum } from "../dossier-state.type.ts";

@InputType("PauseInput", { description: "A pause of processing (tạm dừng)." })
export class PauseInput {
  @Field(() => PauseReasonEnum, { description: "Why." })
  reason!: PauseReason;

  @Field(() => DateTimeScalar, { description: "Start of the pause." })
  from!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: "End of the pause; null while it lasts." })
  to?: string | null;
}

@InputType("DossierInput", {
  description:
    "The complete present facts of one dossier in its system. The import is idempotent: the same row changes nothing, a row with a later updatedAt replaces the stored one; " +
    "an earlier one is STALE and ignored; the same updatedAt with different content, or one more than 30 s ahead of the server's clock, is a problem (hồ sơ).",
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

  @Field(() => ChannelEnum, { defaultValue: "DIRECT", description: "How the dossier was submitted." })
  channel!: Channel;

  @Field(() => DossierStateEnum, { description: "Present state of the dossier." })
  state!: DossierState;

  @Field(() => DateTimeScalar, { nullable: true, description: "Time of submission (thời điểm nộp)." })
  submittedAt?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Time of acceptance. Required in every state after acceptance (thời điểm tiếp nhận).",
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
    description: "Time at which processing ended: resolved (not: handed over), stopped, withdrawn or refused (thời điểm xử lý xong).",
  })
  endedAt?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Time at which the result was handed over (thời điểm trả kết quả)." })
  returnedAt?: string | null;

  @Field(() => [PauseInput], { defaultValue: [], description: "Pauses of processing; they must not overlap." })
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

  @Field(() => DateTimeScalar, { description: "Time of the last change in the source system." })
  updatedAt!: string;
}

@ObjectType("ImportProblem", { simpleResolvers: true, description: "Why a row was not stored (lỗi nhập liệu)." })
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

  @Field(() => String, { description: "Stable name of the problem, such as ENDED_BEFORE_RECEIVED." })
  code!: string;

  @Field(() => String, { description: "Explanation with the value and the requirement." })
  message!: string;
}

@ObjectType("ImportWarning", { simpleResolvers: true, description: "A warning about a stored row (cảnh báo nhập liệu)." })
export class ImportWarningType {
  @Field(() => Int, { description: "Place in the list, counted from 1." })
  row!: number;

  @Field(() => ID, { description: "Code of the record." })
  record!: string;

  @Field(() => String, { description: "Field of the row." })
  field!: string;

  @Field(() => String, {
    description:
      "Stable name of the warning: KNOWN_FROM_OTHER_SOURCE, where another source has sent a dossier of this code, which counts twice.",
  })
  code!: string;

  @Field(() => String, { description: "Explanation with the value." })
  message!: string;
}

@ObjectType("ImportReport", { simpleResolvers: true, description: "Result of an import by row (kết quả nhập)." })
export class ImportReportType {
  @Field(() => ID, { description: "Import id in the ledger; not stored for dry runs and rejected imports." })
  id!: string;

  @Field(() => Boolean, {
    description:
      "False where nothing was kept: a dry run, or a bad row where partial was not asked for. Bad rows are no error of the operation.",
  })
  isKept!: boolean;

  @Field(() => Int, { description: "New dossiers." })
  created!: number;

  @Field(() => Int, { description: "Number of dossiers that were updated or retracted." })
  updated!: number;

  @Field(() => Int, { description: "Number of rows equal to the stored dossier." })
  unchanged!: number;

  @Field(() => Int, { description: "Number of rows older than the stored dossier, which are ignored." })
  stale!: number;

  @Field(() => Int, { description: "Number of rows that were not stored; see problems." })
  rejected!: number;

  @Field(() => [ImportProblemType], { description: "The first 1,000, in the order of rows." })
  problems!: ImportProblemType[];

  @Field(() => [ImportWarningType], { description: "The first 1,000, in the order of rows; only about records that the caller may write." })
  warnings!: ImportWarningType[];
}
