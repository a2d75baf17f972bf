import { Field, ID, InputType, Int } from "type-graphql";
import { DateScalar } from "../lib/time/scalar.ts";

@InputType("TaskDocumentInput", { description: "The document that assigns a task (văn bản giao việc)." })
export class TaskDocumentInput {
  @Field(() => String, { description: "Its number, at most 100 characters: 123/UBND-NC (số, ký hiệu)." })
  number!: string;

  @Field(() => DateScalar, { nullable: true, description: "The day on which it was signed, up to today (ngày ký)." })
  signedOn?: string | null;

  @Field(() => String, { nullable: true, description: "The issuer, at most 300 characters (cơ quan ban hành)." })
  issuer?: string | null;

  @Field(() => String, { nullable: true, description: "Its address, which begins with http:// or https:// (đường dẫn)." })
  url?: string | null;
}

@InputType("TaskEvidenceInput", { description: "A named link; files stay where they are (minh chứng)." })
export class TaskEvidenceInput {
  @Field(() => String, { description: "Its name, at most 300 characters (tên)." })
  name!: string;

  @Field(() => String, { description: "Its address, which begins with http:// or https:// (đường dẫn)." })
  url!: string;
}

@InputType("AssignTaskInput", { description: "A task to be assigned (giao nhiệm vụ)." })
export class AssignTaskInput {
  @Field(() => String, {
    description: "A key chosen by the caller; a second request with the same key returns the same task (khóa chống gửi trùng).",
  })
  idempotencyKey!: string;

  @Field(() => ID, { description: "Code on the day of assignment, or id, of the unit that assigns it (đơn vị giao)." })
  assignedBy!: string;

  @Field(() => ID, {
    description:
      "Code on the day of assignment, or id, of the responsible unit: within the assigning unit, or an agency of such a unit (đơn vị chủ trì).",
  })
  lead!: string;

  @Field(() => [ID], {
    defaultValue: [],
    description: "Codes or ids of the coordinating units, at most 50, without the lead (đơn vị phối hợp).",
  })
  coordinators!: string[];

  @Field(() => String, { description: "The content of the task, at most 500 characters (nội dung)." })
  title!: string;

  @Field(() => String, { nullable: true, description: "The expected product, at most 1,000 characters (sản phẩm)." })
  product?: string | null;

  @Field(() => TaskDocumentInput, { nullable: true, description: "The document that assigns it (văn bản giao việc)." })
  document?: TaskDocumentInput | null;

  @Field(() => DateScalar, { nullable: true, description: "The day of assignment, not after today; default: today (ngày giao)." })
  assignedOn?: string | null;

  @Field(() => DateScalar, {
    nullable: true,
    description: "The deadline, not before the day of assignment; null for a task without one (thời hạn).",
  })
  deadline?: string | null;
}

@InputType("DelegateTaskInput", { description: "A part of a task to be delegated (giao lại)." })
export class DelegateTaskInput {
  @Field(() => String, {
    description: "A key chosen by the caller; a second request with the same key returns the same task (khóa chống gửi trùng).",
  })
  idempotencyKey!: string;

  @Field(() => ID, { description: "Id of the parent task (nhiệm vụ cha)." })
  task!: string;

  @Field(() => ID, {
    description:
      "Code or id of the responsible unit: within the lead of the task, or within the unit that this lead serves (đơn vị chủ trì).",
  })
  lead!: string;

  @Field(() => [ID], {
    defaultValue: [],
    description: "Codes or ids of the coordinating units, at most 50, without the lead (đơn vị phối hợp).",
  })
  coordinators!: string[];

  @Field(() => String, { description: "The content of the task, at most 500 characters (nội dung)." })
  title!: string;

  @Field(() => String, { nullable: true, description: "The expected product, at most 1,000 characters (sản phẩm)." })
  product?: string | null;

  @Field(() => DateScalar, { nullable: true, description: "Default: the deadline of the task, and never later than it (thời hạn)." })
  deadline?: string | null;
}

@InputType("ReportTaskProgressInput", { description: "Progress of a task; at least one of percent, note and evidence (báo cáo tiến độ)." })
export class ReportTaskProgressInput {
  @Field(() => ID, { description: "Id of the task (nhiệm vụ)." })
  task!: string;

  @Field(() => Int, { nullable: true, description: "0 to 100; default: the value reported before (tỷ lệ hoàn thành)." })
  percent?: number | null;

  @Field(() => String, { nullable: true, description: "A remark, at most 2,000 characters (ghi chú)." })
  note?: string | null;

  @Field(() => [TaskEvidenceInput], { defaultValue: [], description: "Links that prove it, at most 20 (minh chứng)." })
  evidence!: TaskEvidenceInput[];
}

@InputType("CompleteTaskInput", { description: "The lead reports that a task is done (báo cáo hoàn thành)." })
export class CompleteTaskInput {
  @Field(() => ID, { description: "Id of the task (nhiệm vụ)." })
  task!: string;

  @Field(() => DateScalar, {
    nullable: true,
    description: "The day on which it was done, from the day of assignment to today; default: today (ngày xong).",
  })
  doneOn?: string | null;

  @Field(() => String, { nullable: true, description: "A remark, at most 2,000 characters (ghi chú)." })
  note?: string | null;

  @Field(() => [TaskEvidenceInput], { defaultValue: [], description: "Links that prove it, at most 20 (minh chứng)." })
  evidence!: TaskEvidenceInput[];
}

@InputType("TaskNoteInput", { description: "A task, and the reason for its change." })
export class TaskNoteInput {
  @Field(() => ID, { description: "Id of the task (nhiệm vụ)." })
  task!: string;

  @Field(() => String, { description: "The reason, at most 2,000 characters (lý do)." })
  note!: string;
}

@InputType("RequestTaskExtensionInput", { description: "The lead asks for another deadline (xin gia hạn)." })
export class RequestTaskExtensionInput {
  @Field(() => ID, { description: "Id of the task (nhiệm vụ)." })
  task!: string;

  @Field(() => DateScalar, { description: "The requested deadline, not before the day of assignment (thời hạn)." })
  deadline!: string;

  @Field(() => String, { description: "The reason, at most 2,000 characters (lý do)." })
  note!: string;
}
