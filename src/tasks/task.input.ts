import { Field, ID, InputType, Int } from "type-graphql";
import { DateScalar } from "../lib/time/scalar.ts";

@InputType("TaskDocumentInput", { description: "The document that assigns a task (văn bản giao việc)." })
export class TaskDocumentInput {
  @Field(() => String, { description: "Its number, at most 100 characters: 123/UBND-NC (số, ký hiệu)." })
  number!: string;

  @Field(() => DateScalar, { nullable: true, description: "The day on which it was signed, up to today (ngày ký)." })
  signedOn?: string | null;

  @Field(() => String, { nullable: true, description: "Who issued it, at most 300 characters (cơ quan ban hành)." })
  issuer?: string | null;

  @Field(() => String, { nullable: true, description: "Where it can be read; it begins with http:// or https:// (đường dẫn)." })
  url?: string | null;
}

@InputType("TaskEvidenceInput", { description: "A named link; files stay where they are (minh chứng)." })
export class TaskEvidenceInput {
  @Field(() => String, { description: "What it is, at most 300 characters (tên)." })
  name!: string;

  @Field(() => String, { description: "Where it can be read; it begins with http:// or https:// (đường dẫn)." })
  url!: string;
}

@InputType("AssignTaskInput", { description: "A task to be assigned (giao nhiệm vụ)." })
export class AssignTaskInput {
  @Field(() => String, { description: "Of your own making; sent twice with one key it exists once (khóa chống gửi trùng)." })
  idempotencyKey!: string;

  @Field(() => ID, { description: "Code on the day of assignment, or id, of the unit that assigns it (đơn vị giao)." })
  assignedBy!: string;

  @Field(() => ID, {
    description:
      "Code on the day of assignment, or id, of the unit that answers for it: within the assigning unit, or an agency of such a unit (đơn vị chủ trì).",
  })
  lead!: string;

  @Field(() => [ID], {
    defaultValue: [],
    description: "Codes or ids of the units that help, at most 50, the lead not among them (đơn vị phối hợp).",
  })
  coordinators!: string[];

  @Field(() => String, { description: "What is to be done, at most 500 characters (nội dung)." })
  title!: string;

  @Field(() => String, { nullable: true, description: "What is to be delivered, at most 1,000 characters (sản phẩm)." })
  product?: string | null;

  @Field(() => TaskDocumentInput, { nullable: true, description: "The document that assigns it (văn bản giao việc)." })
  document?: TaskDocumentInput | null;

  @Field(() => DateScalar, { nullable: true, description: "Today unless said; not after today (ngày giao)." })
  assignedOn?: string | null;

  @Field(() => DateScalar, { nullable: true, description: "Not before the day of assignment; without one the task has none (thời hạn)." })
  deadline?: string | null;
}

@InputType("DelegateTaskInput", { description: "A part of a task to be given on (giao lại)." })
export class DelegateTaskInput {
  @Field(() => String, { description: "Of your own making; sent twice with one key it exists once (khóa chống gửi trùng)." })
  idempotencyKey!: string;

  @Field(() => ID, { description: "Id of the task that it is a part of (nhiệm vụ cha)." })
  task!: string;

  @Field(() => ID, {
    description:
      "Code or id of the unit that answers for it: within the lead of the task, or within the unit that this lead serves (đơn vị chủ trì).",
  })
  lead!: string;

  @Field(() => [ID], {
    defaultValue: [],
    description: "Codes or ids of the units that help, at most 50, the lead not among them (đơn vị phối hợp).",
  })
  coordinators!: string[];

  @Field(() => String, { description: "What is to be done, at most 500 characters (nội dung)." })
  title!: string;

  @Field(() => String, { nullable: true, description: "What is to be delivered, at most 1,000 characters (sản phẩm)." })
  product?: string | null;

  @Field(() => DateScalar, { nullable: true, description: "That of the task unless said, and not after it (thời hạn)." })
  deadline?: string | null;
}

@InputType("ReportTaskProgressInput", { description: "Progress of a task; at least one of percent, note and evidence (báo cáo tiến độ)." })
export class ReportTaskProgressInput {
  @Field(() => ID, { description: "Id of the task (nhiệm vụ)." })
  task!: string;

  @Field(() => Int, { nullable: true, description: "0 to 100; what was reported before stays unless said (tỷ lệ hoàn thành)." })
  percent?: number | null;

  @Field(() => String, { nullable: true, description: "A remark, at most 2,000 characters (ghi chú)." })
  note?: string | null;

  @Field(() => [TaskEvidenceInput], { defaultValue: [], description: "Links that prove it, at most 20 (minh chứng)." })
  evidence!: TaskEvidenceInput[];
}

@InputType("CompleteTaskInput", { description: "That a task is done (báo cáo hoàn thành)." })
export class CompleteTaskInput {
  @Field(() => ID, { description: "Id of the task (nhiệm vụ)." })
  task!: string;

  @Field(() => DateScalar, { nullable: true, description: "Today unless said; from the day of assignment to today (ngày xong)." })
  doneOn?: string | null;

  @Field(() => String, { nullable: true, description: "A remark, at most 2,000 characters (ghi chú)." })
  note?: string | null;

  @Field(() => [TaskEvidenceInput], { defaultValue: [], description: "Links that prove it, at most 20 (minh chứng)." })
  evidence!: TaskEvidenceInput[];
}

@InputType("TaskNoteInput", { description: "A task, and why it is changed." })
export class TaskNoteInput {
  @Field(() => ID, { description: "Id of the task (nhiệm vụ)." })
  task!: string;

  @Field(() => String, { description: "Why, at most 2,000 characters (lý do)." })
  note!: string;
}

@InputType("RequestTaskExtensionInput", { description: "The lead asks for another deadline (xin gia hạn)." })
export class RequestTaskExtensionInput {
  @Field(() => ID, { description: "Id of the task (nhiệm vụ)." })
  task!: string;

  @Field(() => DateScalar, { description: "The deadline that is asked for, not before the day of assignment (thời hạn)." })
  deadline!: string;

  @Field(() => String, { description: "Why, at most 2,000 characters (lý do)." })
  note!: string;
}
