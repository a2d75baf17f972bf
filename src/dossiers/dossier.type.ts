import { Directive, Field, ID, ObjectType } from "type-graphql";
import { enumType } from "../lib/enum.ts";
import { type Edge, PageInfo } from "../lib/page.ts";
import { DateTimeScalar } from "../lib/time/scalar.ts";
import type { Channel, DossierState, PauseReason } from "./dossier-state.ts";
import { ChannelEnum, DossierStateEnum, PauseReasonEnum } from "./dossier-state.type.ts";
import type { Timeliness } from "./timeliness.ts";

export const TimelinessEnum = enumType<Timeliness>(
  "Timeliness",
  "Timeliness of a dossier against its due day at the end of a day (tình trạng thời hạn).",
  {
    EARLY: "Resolved before the due day (trước hạn).",
    ON_TIME: "Resolved on the due day, or without one (đúng hạn).",
    OVERDUE: "Resolved after the due day, or open after it (quá hạn).",
    NOT_DUE: "Open and not past its due day (trong hạn).",
    PAUSED: "Open and paused, waiting for a supplement or a payment (tạm dừng).",
    ENDED_WITHOUT_RESULT: "Withdrawn, stopped or refused (kết thúc không có kết quả).",
  },
);

@ObjectType("DossierPause", { simpleResolvers: true, description: "A pause of processing (tạm dừng xử lý)." })
export class PauseType {
  @Field(() => PauseReasonEnum, { description: "The reason of the pause (lý do)." })
  reason!: PauseReason;

  @Field(() => DateTimeScalar, { description: "Start of the pause (từ lúc)." })
  from!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: "End of the pause; null while it lasts (đến lúc)." })
  to!: string | null;
}

@Directive('@key(fields: "id")')
@ObjectType("Dossier", {
  simpleResolvers: true,
  description:
    "One citizen's file (hồ sơ thủ tục hành chính) without personal data: the applicant is recorded in the source system only. Its identity is the source " +
    "together with the code.",
})
export class DossierType {
  @Field(() => ID, { description: "Code in the source system (mã hồ sơ)." })
  code!: string;

  @Field(() => ChannelEnum, { description: "How the dossier was submitted (hình thức tiếp nhận)." })
  channel!: Channel;

  @Field(() => DossierStateEnum, { description: "State in the last update from its system (trạng thái)." })
  state!: DossierState;

  @Field(() => DateTimeScalar, { nullable: true, description: "Time of submission; null if not sent (thời điểm nộp)." })
  submittedAt!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Time of acceptance; null before it (thời điểm tiếp nhận)." })
  receivedAt!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Due time as promised at receipt; null if the procedure has no limit (hạn trả kết quả).",
  })
  dueAt!: string | null;

  @Field(() => Boolean, {
    description: "True if the due day was computed into a year whose work calendar is not published yet (hạn tạm tính).",
  })
  dueProvisional!: boolean;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Due time after pauses and at most one extension; null if the procedure has no limit (hạn hiện tại).",
  })
  currentDueAt!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "Time at which processing ended: resolved (not: handed over), stopped, withdrawn or refused; null while it is open (thời điểm kết thúc xử lý).",
  })
  endedAt!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Time at which the result was handed over; null before it (thời điểm trả kết quả).",
  })
  returnedAt!: string | null;
}

@ObjectType("DossierEdge", { simpleResolvers: true, description: "A dossier in a list." })
export class DossierEdge implements Edge<DossierType> {
  @Field(() => String, { description: "Position in the list, for `after`." })
  cursor!: string;

  @Field(() => DossierType, { description: "The dossier." })
  node!: DossierType;
}

@ObjectType("DossierConnection", { simpleResolvers: true, description: "A page of dossiers (danh sách hồ sơ)." })
export class DossierConnection {
  @Field(() => [DossierEdge], { description: "The dossiers of the page with their cursors." })
  edges!: DossierEdge[];

  @Field(() => [DossierType], { description: "The dossiers of the page." })
  nodes!: DossierType[];

  @Field(() => PageInfo, { description: "Information about the page." })
  pageInfo!: PageInfo;
}
