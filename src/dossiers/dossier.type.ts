import { Directive, Field, ID, ObjectType } from "type-graphql";
import { enumType } from "../lib/enum.ts";
import { type Edge, PageInfo } from "../lib/page.ts";
import { DateTimeScalar } from "../lib/time/scalar.ts";
import type { Channel, DossierState, PauseReason } from "./dossier-state.ts";
import { ChannelEnum, DossierStateEnum, PauseReasonEnum } from "./dossier-state.type.ts";
import type { Timeliness } from "./timeliness.ts";

export const TimelinessEnum = enumType<Timeliness>(
  "Timeliness",
  "How a dossier stands to its due day at the end of a day (tình trạng thời hạn).",
  {
    EARLY: "Resolved before the due day (trước hạn).",
    ON_TIME: "Resolved on the due day, or without one (đúng hạn).",
    OVERDUE: "Resolved after the due day, or open and past it (quá hạn).",
    NOT_DUE: "Open, and not past its due day (trong hạn).",
    PAUSED: "Open, the clock stopped: a supplement or a payment is awaited (tạm dừng).",
    ENDED_WITHOUT_RESULT: "Withdrawn, stopped or refused (kết thúc không có kết quả).",
  },
);

@ObjectType("DossierPause", { simpleResolvers: true, description: "A time in which the clock of a dossier stood still (tạm dừng xử lý)." })
export class PauseType {
  @Field(() => PauseReasonEnum, { description: "What was awaited (lý do)." })
  reason!: PauseReason;

  @Field(() => DateTimeScalar, { description: "When it began (từ lúc)." })
  from!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it ended; null while it lasts (đến lúc)." })
  to!: string | null;
}

@Directive('@key(fields: "id")')
@ObjectType("Dossier", {
  simpleResolvers: true,
  description:
    "One citizen's file (hồ sơ thủ tục hành chính). It holds no personal data: who applied stays with the system that sent it. Its identity is the source " +
    "together with the code.",
})
export class DossierType {
  @Field(() => ID, { description: "Code in the system that sent it (mã hồ sơ)." })
  code!: string;

  @Field(() => ChannelEnum, { description: "How it was handed in (hình thức tiếp nhận)." })
  channel!: Channel;

  @Field(() => DossierStateEnum, { description: "How far it has come, as its system last said (trạng thái)." })
  state!: DossierState;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was handed in; null where that was not said (thời điểm nộp)." })
  submittedAt!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was accepted; null until then (thời điểm tiếp nhận)." })
  receivedAt!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When it is due as promised at receipt; null where the procedure has no limit (hạn trả kết quả).",
  })
  dueAt!: string | null;

  @Field(() => Boolean, {
    description: "True where the due day was computed into a year whose work calendar is not published yet (hạn tạm tính).",
  })
  dueProvisional!: boolean;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When it is due after pauses and at most one extension; null where the procedure has no limit (hạn hiện tại).",
  })
  currentDueAt!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "When processing ended: resolved (not: handed over), stopped, withdrawn or refused; null while it is open (thời điểm kết thúc xử lý).",
  })
  endedAt!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When the result was handed over; null until then (thời điểm trả kết quả)." })
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

  @Field(() => PageInfo, { description: "Where the page stands." })
  pageInfo!: PageInfo;
}
