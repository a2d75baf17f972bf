import { Field, ID, InputType } from "type-graphql";
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
      "Code of the dossier in its system, 1 to 100 visible characters in NFC, with no spaces but U+0020 between them (mã hồ sơ).",
  })
  code!: string;

  @Field(() => ID, { description: "Code of the procedure in the catalogue (mã thủ tục hành chính)." })
  procedure!: string;

  @Field(() => ID, { description: "Official code of the handling unit on the day of receipt (đơn vị giải quyết)." })
  unit!: string;

  @Field(() => ID, {
    nullable: true,
    description: "Official code of the unit that received the dossier, if it is not the handling unit (nơi tiếp nhận).",
  })
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
    description:
      "Due time as promised at receipt; default: computed from the procedure's limit and the work calendar (ngày hẹn trả kết quả).",
  })
  dueAt?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "New due time after an extension; at most one extension (gia hạn)." })
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

  @Field(() => Boolean, { nullable: true, description: "True if its papers are digitised; null if unknown (số hóa)." })
  digitised?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "True if its fee was paid online; null if unknown (thanh toán trực tuyến).",
  })
  paidOnline?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "True if its result is electronic; null if unknown (kết quả điện tử).",
  })
  electronicResult?: boolean | null;

  @Field(() => DateTimeScalar, { description: "Time of the last change in the source system." })
  updatedAt!: string;
}
