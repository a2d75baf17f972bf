import { Field, ID, InputType } from "type-graphql";
import { DateScalar } from "../lib/time/scalar.ts";
import { TaskDocumentInput } from "./task.input.ts";

@InputType("ConfirmTaskInput", { description: "That a task is done, as the assigner sees it (xác nhận hoàn thành)." })
export class ConfirmTaskInput {
  @Field(() => ID, { description: "Id of the task (nhiệm vụ)." })
  task!: string;

  @Field(() => DateScalar, {
    nullable: true,
    description: "The day that is accepted, where it is not the reported one; from assignment to today (ngày hoàn thành).",
  })
  completedOn?: string | null;

  @Field(() => String, { nullable: true, description: "A remark, at most 2,000 characters (ghi chú)." })
  note?: string | null;
}

@InputType("AmendTaskInput", { description: "What is put right; what is left out stays (sửa đổi)." })
export class AmendTaskInput {
  @Field(() => ID, { description: "Id of the task (nhiệm vụ)." })
  task!: string;

  @Field(() => String, { nullable: true, description: "What is to be done, at most 500 characters (nội dung)." })
  title?: string | null;

  @Field(() => String, { nullable: true, description: "What is to be delivered, at most 1,000 characters; null takes it away (sản phẩm)." })
  product?: string | null;

  @Field(() => TaskDocumentInput, { nullable: true, description: "The document that assigns it; null takes it away (văn bản giao việc)." })
  document?: TaskDocumentInput | null;

  @Field(() => [ID], {
    nullable: true,
    description: "Codes or ids of all units that help, at most 50, the lead not among them (đơn vị phối hợp).",
  })
  coordinators?: string[] | null;

  @Field(() => String, { description: "Why, at most 2,000 characters (lý do)." })
  note!: string;
}

@InputType("ExtendTaskInput", { description: "Another deadline: exactly one of deadline and removeDeadline (gia hạn)." })
export class ExtendTaskInput {
  @Field(() => ID, { description: "Id of the task (nhiệm vụ)." })
  task!: string;

  @Field(() => DateScalar, {
    nullable: true,
    description:
      "Not before the day of assignment, nor before that of an open delegated task; of a delegated task not after that of its parent (thời hạn).",
  })
  deadline?: string | null;

  @Field(() => Boolean, { defaultValue: false, description: "Take the deadline away (bỏ thời hạn)." })
  removeDeadline!: boolean;

  @Field(() => String, { description: "Why, at most 2,000 characters (lý do)." })
  note!: string;
}

@InputType("ResumeTaskInput", { description: "A postponed task goes on; without either the deadline stays (tiếp tục)." })
export class ResumeTaskInput {
  @Field(() => ID, { description: "Id of the task (nhiệm vụ)." })
  task!: string;

  @Field(() => DateScalar, { nullable: true, description: "A new deadline, as extendTask takes it (thời hạn)." })
  deadline?: string | null;

  @Field(() => Boolean, { defaultValue: false, description: "Take the deadline away (bỏ thời hạn)." })
  removeDeadline!: boolean;

  @Field(() => String, { description: "Why, at most 2,000 characters (lý do)." })
  note!: string;
}

@InputType("ReassignTaskInput", { description: "Another lead; what is left out stays (giao đơn vị khác)." })
export class ReassignTaskInput {
  @Field(() => ID, { description: "Id of the task (nhiệm vụ)." })
  task!: string;

  @Field(() => ID, { description: "Code or id of the new lead, as assignTask or delegateTask takes it (đơn vị chủ trì)." })
  lead!: string;

  @Field(() => [ID], {
    nullable: true,
    description: "Codes or ids of all units that help, at most 50, the lead not among them (đơn vị phối hợp).",
  })
  coordinators?: string[] | null;

  @Field(() => DateScalar, { nullable: true, description: "A new deadline, as extendTask takes it (thời hạn)." })
  deadline?: string | null;

  @Field(() => Boolean, { defaultValue: false, description: "Take the deadline away (bỏ thời hạn)." })
  removeDeadline!: boolean;

  @Field(() => String, { description: "Why, at most 2,000 characters (lý do)." })
  note!: string;
}

@InputType("CancelTaskInput", { description: "A task to be taken back (hủy)." })
export class CancelTaskInput {
  @Field(() => ID, { description: "Id of the task (nhiệm vụ)." })
  task!: string;

  @Field(() => Boolean, {
    defaultValue: false,
    description: "Cancel all open tasks that were delegated from it, too (hủy cả nhiệm vụ con).",
  })
  withSubtasks!: boolean;

  @Field(() => String, { description: "Why, at most 2,000 characters (lý do)." })
  note!: string;
}
