import { Field, Int, ObjectType } from "type-graphql";
import { enumType } from "../lib/enum.ts";
import { type Edge, PageInfo, totalCountField } from "../lib/page.ts";
import { DateScalar, DateTimeScalar } from "../lib/time/scalar.ts";
import type { TaskEventKind } from "./task-steps.ts";

export const TaskEventKindEnum = enumType<TaskEventKind>("TaskEventKind", "The kind of an event of a task (loại sự kiện).", {
  ASSIGNED: "It was assigned here (giao).",
  IMPORTED: "Its system sent it (nhập).",
  REPORTED: "The lead reported progress (báo cáo tiến độ).",
  DONE: "The lead said that it was done (báo cáo hoàn thành).",
  CONFIRMED: "The assigner confirmed it (xác nhận).",
  RETURNED: "The assigner sent it back to work (trả lại).",
  REOPENED: "The assigner took the confirmation back (mở lại).",
  AMENDED: "Its text or its coordinators were put right (sửa đổi).",
  EXTENSION_REQUESTED: "The lead asked for another deadline (xin gia hạn).",
  EXTENDED: "The deadline was changed or taken away (gia hạn).",
  POSTPONED: "It was postponed (tạm hoãn).",
  RESUMED: "It was resumed (tiếp tục).",
  DECLINED: "The lead declined it (từ chối).",
  REASSIGNED: "It was given to another lead (giao đơn vị khác).",
  DELEGATED: "A part of it was given on (giao lại).",
  CANCELLED: "It was cancelled (hủy).",
});

@ObjectType("TaskEvidence", { simpleResolvers: true, description: "A named link; files stay where they are (minh chứng)." })
export class TaskEvidenceType {
  @Field(() => String, { description: "Its name (tên)." })
  name!: string;

  @Field(() => String, { description: "Its address (đường dẫn)." })
  url!: string;
}

@ObjectType("TaskEvent", { simpleResolvers: true, description: "An event of a task (sự kiện)." })
export class TaskEventType {
  @Field(() => DateTimeScalar, { description: "The time of the event (thời điểm)." })
  at!: string;

  @Field(() => TaskEventKindEnum, { description: "The kind of the event (loại)." })
  action!: TaskEventKind;

  @Field(() => String, {
    nullable: true,
    description: "The note; null if none was given (ghi chú).",
  })
  note!: string | null;

  @Field(() => Int, { nullable: true, description: "The reported percentage; null if none was reported (tỷ lệ hoàn thành)." })
  percent!: number | null;

  @Field(() => DateScalar, {
    nullable: true,
    description:
      "The deadline that it sets, or asks for; null where it sets none, and where it takes the deadline away: then action is EXTENDED (thời hạn).",
  })
  deadline!: string | null;

  @Field(() => DateScalar, {
    nullable: true,
    description:
      "The day on which the work was done: the confirmed one if action is CONFIRMED, otherwise the reported one; null for other actions (ngày xong).",
  })
  doneOn!: string | null;

  @Field(() => [TaskEvidenceType], { description: "Links that prove it, in their order (minh chứng)." })
  evidence!: TaskEvidenceType[];
}

@ObjectType("TaskEventEdge", { simpleResolvers: true, description: "An event in a list." })
export class TaskEventEdge implements Edge<TaskEventType> {
  @Field(() => String, { description: "Position in the list, for `after`." })
  cursor!: string;

  @Field(() => TaskEventType, { description: "The event." })
  node!: TaskEventType;
}

@ObjectType("TaskEventConnection", { simpleResolvers: true, description: "A page of events (danh sách sự kiện)." })
export class TaskEventConnection {
  @Field(() => [TaskEventEdge], { description: "The events of the page with their cursors." })
  edges!: TaskEventEdge[];

  @Field(() => [TaskEventType], { description: "The events of the page." })
  nodes!: TaskEventType[];

  @Field(() => PageInfo, { description: "The position of the page." })
  pageInfo!: PageInfo;

  @totalCountField
  totalCount!: number;
}
