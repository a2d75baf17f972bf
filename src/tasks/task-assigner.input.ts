import { Field, ID, InputType } from "type-graphql";
import { DateScalar } from "../lib/time/scalar.ts";
import { TaskDocumentInput } from "./task.input.ts";

@InputType("ConfirmTaskInput", { description: "The assigner confirms that a task is done (xác nhận hoàn thành)." })
export class ConfirmTaskInput {
  @Field(() => ID, { description: "Id of the task (nhiệm vụ)." })
  task!: string;

  @Field(() => DateScalar, {
    nullable: true,
    description: "The accepted day, from the day of assignment to today; default: the reported day (ngày hoàn thành).",
  })
  completedOn?: string | null;

  @Field(() => String, { nullable: true, description: "A remark, at most 2,000 characters (ghi chú)." })
  note?: string | null;
}

@InputType("AmendTaskInput", { description: "The corrected fields; omitted fields stay (sửa đổi)." })
export class AmendTaskInput {
  @Field(() => ID, { description: "Id of the task (nhiệm vụ)." })
  task!: string;

  @Field(() => String, { nullable: true, description: "The content of the task, at most 500 characters (nội dung)." })
  title?: string | null;

  @Field(() => String, { nullable: true, description: "The expected product, at most 1,000 characters; null removes it (sản phẩm)." })
  product?: string | null;

  @Field(() => TaskDocumentInput, { nullable: true, description: "The document that assigns it; null removes it (văn bản giao việc)." })
  document?: TaskDocumentInput | null;

  @Field(() => [ID], {
    nullable: true,
    description: "Codes or ids of all coordinating units, at most 50, without the lead (đơn vị phối hợp).",
  })
  coordinators?: string[] | null;

  @Field(() => String, { description: "The reason, at most 2,000 characters (lý do)." })
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

  @Field(() => Boolean, { defaultValue: false, description: "True removes the deadline (bỏ thời hạn)." })
  removeDeadline!: boolean;

  @Field(() => String, { description: "The reason, at most 2,000 characters (lý do)." })
  note!: string;
}

@InputType("ResumeTaskInput", {
  description: "Resumes a postponed task; without deadline and removeDeadline the deadline stays (tiếp tục).",
})
export class ResumeTaskInput {
  @Field(() => ID, { description: "Id of the task (nhiệm vụ)." })
  task!: string;

  @Field(() => DateScalar, { nullable: true, description: "A new deadline, as for extendTask (thời hạn)." })
  deadline?: string | null;

  @Field(() => Boolean, { defaultValue: false, description: "True removes the deadline (bỏ thời hạn)." })
  removeDeadline!: boolean;

  @Field(() => String, { description: "The reason, at most 2,000 characters (lý do)." })
  note!: string;
}

@InputType("ReassignTaskInput", { description: "Another lead; omitted fields stay (giao đơn vị khác)." })
export class ReassignTaskInput {
  @Field(() => ID, { description: "Id of the task (nhiệm vụ)." })
  task!: string;

  @Field(() => ID, { description: "Code or id of the new lead, as for assignTask or delegateTask (đơn vị chủ trì)." })
  lead!: string;

  @Field(() => [ID], {
    nullable: true,
    description: "Codes or ids of all coordinating units, at most 50, without the lead (đơn vị phối hợp).",
  })
  coordinators?: string[] | null;

  @Field(() => DateScalar, { nullable: true, description: "A new deadline, as for extendTask (thời hạn)." })
  deadline?: string | null;

  @Field(() => Boolean, { defaultValue: false, description: "True removes the deadline (bỏ thời hạn)." })
  removeDeadline!: boolean;

  @Field(() => String, { description: "The reason, at most 2,000 characters (lý do)." })
  note!: string;
}

@InputType("CancelTaskInput", { description: "Cancels a task (hủy)." })
export class CancelTaskInput {
  @Field(() => ID, { description: "Id of the task (nhiệm vụ)." })
  task!: string;

  @Field(() => Boolean, {
    defaultValue: false,
    description: "True also cancels all open tasks that were delegated from it (hủy cả nhiệm vụ con).",
  })
  withSubtasks!: boolean;

  @Field(() => String, { description: "The reason, at most 2,000 characters (lý do)." })
  note!: string;
}
