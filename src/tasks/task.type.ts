import { Directive, Field, ID, Int, ObjectType } from "type-graphql";
import { enumType } from "../lib/enum.ts";
import { type Edge, PageInfo } from "../lib/page.ts";
import { DateScalar } from "../lib/time/scalar.ts";
import type { TaskAction, TaskProgress } from "./task-steps.ts";
import type { TaskTimeliness } from "./task-timeliness.ts";

export const TaskProgressEnum = enumType<TaskProgress>("TaskProgress", "How far a task has come (tiến độ).", {
  NOT_STARTED: "Assigned, nothing reported yet (chưa thực hiện).",
  IN_PROGRESS: "Being worked on (đang thực hiện).",
  AWAITING_CONFIRMATION: "The lead says that it is done; the assigner has not confirmed (chờ xác nhận).",
  COMPLETED: "Confirmed (đã hoàn thành).",
  POSTPONED: "The assigner has put it off; the clock stands still (tạm hoãn).",
  DECLINED: "The lead declines it; the assigner must decide (từ chối).",
  CANCELLED: "Taken back by the assigner (hủy).",
});

export const TaskTimelinessEnum = enumType<TaskTimeliness>(
  "TaskTimeliness",
  "How a task stands to its deadline, whatever its progress; the day of the deadline is in time (tình trạng thời hạn).",
  {
    IN_TIME:
      "Done by the deadline, confirmed or not, or not done and more than three working days away; also while it is postponed (trong hạn).",
    NEARLY_DUE: "Not done, due within three working days (sắp đến hạn).",
    OVERDUE: "Done late, or not done and past the deadline (quá hạn).",
    NO_DEADLINE: "Without a deadline (không có thời hạn).",
  },
);

export const TaskActionEnum = enumType<TaskAction>("TaskAction", "What may be done with a task (thao tác).", {
  REPORT: "By the lead: report progress (báo cáo tiến độ).",
  COMPLETE: "By the lead: say that it is done (báo cáo hoàn thành).",
  DECLINE: "By the lead: decline it (từ chối).",
  DELEGATE: "By the lead: give a part of it on (giao lại).",
  REQUEST_EXTENSION: "By the lead: ask for a later deadline (xin gia hạn).",
  CONFIRM: "By the assigner: confirm that it is done (xác nhận hoàn thành).",
  RETURN: "By the assigner: send it back to work (trả lại).",
  REOPEN: "By the assigner: take a confirmation back (mở lại).",
  AMEND: "By the assigner: put its text or its coordinators right (sửa đổi).",
  EXTEND: "By the assigner: set another deadline, or none (gia hạn).",
  POSTPONE: "By the assigner: put it off (tạm hoãn).",
  RESUME: "By the assigner: let it go on (tiếp tục).",
  REASSIGN: "By the assigner: give it to another lead (giao đơn vị khác).",
  CANCEL: "By the assigner: take it back (hủy).",
});

@ObjectType("TaskDocument", { simpleResolvers: true, description: "The document that assigns a task (văn bản giao việc)." })
export class TaskDocumentType {
  @Field(() => String, { description: "Its number: 123/UBND-NC (số, ký hiệu)." })
  number!: string;

  @Field(() => DateScalar, { nullable: true, description: "The day on which it was signed; null where nobody has said (ngày ký)." })
  signedOn!: string | null;

  @Field(() => String, { nullable: true, description: "Who issued it; null where nobody has said (cơ quan ban hành)." })
  issuer!: string | null;

  @Field(() => String, { nullable: true, description: "Where it can be read; null where nobody has said (đường dẫn)." })
  url!: string | null;
}

@Directive('@key(fields: "id")')
@ObjectType("Task", {
  simpleResolvers: true,
  description: "A task that one unit gave to another (nhiệm vụ được giao). Its identity is the source together with the code.",
})
export class TaskType {
  @Field(() => ID, {
    description:
      "Number in the system that it came from; of a task assigned here NV-2026-000017, counted per assigning unit and year (mã nhiệm vụ).",
  })
  code!: string;

  @Field(() => String, { description: "What is to be done (nội dung)." })
  title!: string;

  @Field(() => String, { nullable: true, description: "What is to be delivered; null where nobody has said (sản phẩm)." })
  product!: string | null;

  @Field(() => TaskDocumentType, {
    nullable: true,
    description: "The document that assigns it; null where nobody has said (văn bản giao việc).",
  })
  document!: TaskDocumentType | null;

  @Field(() => DateScalar, { description: "The day of assignment (ngày giao)." })
  assignedOn!: string;

  @Field(() => DateScalar, { nullable: true, description: "The deadline in force; null for a task without one (thời hạn)." })
  deadline!: string | null;

  @Field(() => DateScalar, { nullable: true, description: "The deadline at first; null where there was none (thời hạn ban đầu)." })
  originalDeadline!: string | null;

  @Field(() => TaskProgressEnum, { description: "How far it has come (tiến độ)." })
  progress!: TaskProgress;

  @Field(() => Int, {
    nullable: true,
    description: "0 to 100, as last reported; null before the first report, 100 once completed (tỷ lệ hoàn thành).",
  })
  percent!: number | null;

  @Field(() => DateScalar, {
    nullable: true,
    description:
      "The day on which the lead says that it was done; null until it has, and again when it is returned or reopened (ngày báo cáo xong).",
  })
  doneOn!: string | null;

  @Field(() => DateScalar, {
    nullable: true,
    description: "The day on which the work was done, as confirmed; null until it is confirmed (ngày hoàn thành).",
  })
  completedOn!: string | null;
}

@ObjectType("TaskPayload", { simpleResolvers: true, description: "What a change of a task answers (kết quả)." })
export class TaskPayloadType {
  @Field(() => TaskType, { description: "The task as it stands after the change (nhiệm vụ)." })
  task!: TaskType;
}

@ObjectType("TaskEdge", { simpleResolvers: true, description: "A task in a list." })
export class TaskEdge implements Edge<TaskType> {
  @Field(() => String, { description: "Position in the list, for `after`." })
  cursor!: string;

  @Field(() => TaskType, { description: "The task." })
  node!: TaskType;
}

@ObjectType("TaskConnection", { simpleResolvers: true, description: "A page of tasks (danh sách nhiệm vụ)." })
export class TaskConnection {
  @Field(() => [TaskEdge], { description: "The tasks of the page with their cursors." })
  edges!: TaskEdge[];

  @Field(() => [TaskType], { description: "The tasks of the page." })
  nodes!: TaskType[];

  @Field(() => PageInfo, { description: "Where the page stands." })
  pageInfo!: PageInfo;
}
