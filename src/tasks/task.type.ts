import { Directive, Field, ID, Int, ObjectType } from "type-graphql";
import { enumType } from "../lib/enum.ts";
import { type Edge, PageInfo } from "../lib/page.ts";
import { DateScalar } from "../lib/time/scalar.ts";
import type { TaskAction, TaskProgress } from "./task-steps.ts";
import type { TaskTimeliness } from "./task-timeliness.ts";

export const TaskProgressEnum = enumType<TaskProgress>("TaskProgress", "The progress of a task (tiến độ).", {
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
  "The timeliness of a task against its deadline, whatever its progress; the day of the deadline is on time (tình trạng thời hạn).",
  {
    IN_TIME:
      "Done by the deadline, confirmed or not, or not done and more than three working days away; also while it is postponed (trong hạn).",
    NEARLY_DUE: "Not done, due within three working days (sắp đến hạn).",
    OVERDUE: "Done late, or not done and past the deadline (quá hạn).",
    NO_DEADLINE: "Without a deadline (không có thời hạn).",
  },
);

export const TaskActionEnum = enumType<TaskAction>("TaskAction", "A step of a task (thao tác).", {
  REPORT: "The lead reports progress (báo cáo tiến độ).",
  COMPLETE: "The lead reports that it is done (báo cáo hoàn thành).",
  DECLINE: "The lead declines it (từ chối).",
  DELEGATE: "The lead delegates a part of it (giao lại).",
  REQUEST_EXTENSION: "The lead requests a later deadline (xin gia hạn).",
  CONFIRM: "The assigner confirms that it is done (xác nhận hoàn thành).",
  RETURN: "The assigner returns it to the lead (trả lại).",
  REOPEN: "The assigner withdraws the confirmation (mở lại).",
  AMEND: "The assigner corrects its text or its coordinators (sửa đổi).",
  EXTEND: "The assigner sets another deadline, or none (gia hạn).",
  POSTPONE: "The assigner postpones it (tạm hoãn).",
  RESUME: "The assigner resumes it (tiếp tục).",
  REASSIGN: "The assigner gives it to another lead (giao đơn vị khác).",
  CANCEL: "The assigner cancels it (hủy).",
});

@ObjectType("TaskDocument", { simpleResolvers: true, description: "The document that assigns a task (văn bản giao việc)." })
export class TaskDocumentType {
  @Field(() => String, { description: "Its number: 123/UBND-NC (số, ký hiệu)." })
  number!: string;

  @Field(() => DateScalar, { nullable: true, description: "The day on which it was signed; null if not stated (ngày ký)." })
  signedOn!: string | null;

  @Field(() => String, { nullable: true, description: "The issuer; null if not stated (cơ quan ban hành)." })
  issuer!: string | null;

  @Field(() => String, { nullable: true, description: "Its address; null if not stated (đường dẫn)." })
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

  @Field(() => String, { description: "The content of the task (nội dung)." })
  title!: string;

  @Field(() => String, { nullable: true, description: "The expected product; null if not stated (sản phẩm)." })
  product!: string | null;

  @Field(() => TaskDocumentType, {
    nullable: true,
    description: "The document that assigns it; null if not stated (văn bản giao việc).",
  })
  document!: TaskDocumentType | null;

  @Field(() => DateScalar, { description: "The day of assignment (ngày giao)." })
  assignedOn!: string;

  @Field(() => DateScalar, { nullable: true, description: "The deadline in force; null for a task without one (thời hạn)." })
  deadline!: string | null;

  @Field(() => DateScalar, { nullable: true, description: "The original deadline; null if there was none (thời hạn ban đầu)." })
  originalDeadline!: string | null;

  @Field(() => TaskProgressEnum, { description: "Its progress (tiến độ)." })
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

@ObjectType("TaskPayload", { simpleResolvers: true, description: "The result of a change of a task (kết quả)." })
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

  @Field(() => PageInfo, { description: "The position of the page." })
  pageInfo!: PageInfo;
}
