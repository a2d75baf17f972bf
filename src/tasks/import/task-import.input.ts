import { Field, ID, InputType, Int } from "type-graphql";
import { SOURCE_NAME, SOURCE_OWNER_IF_SEVERAL } from "../../imports/import-report.type.ts";
import { DateScalar, DateTimeScalar } from "../../lib/time/scalar.ts";
import { TaskDocumentInput } from "../task.input.ts";
import type { TaskProgress } from "../task-steps.ts";
import { TaskProgressEnum } from "../task.type.ts";
import type { TaskRow } from "./task-stage.ts";

@InputType("DayRangeInput", { description: "Days from the first to the last, both included (khoảng ngày)." })
export class DayRangeInput {
  @Field(() => DateScalar, { description: "The first day." })
  from!: string;

  @Field(() => DateScalar, { nullable: true, description: "The last day; null while it lasts." })
  to?: string | null;
}

@InputType("TaskInput", {
  description:
    "The complete present facts of one task in its system. The import is idempotent: the same row changes nothing, a row with a later updatedAt replaces the stored one; " +
    "an earlier one is STALE and ignored; the same updatedAt with different content, or one more than 30 s ahead of the server's clock, is a problem (nhiệm vụ).",
})
export class TaskInput implements TaskRow {
  @Field(() => ID, {
    description:
      "Code of the task in its system, 1 to 100 visible characters in NFC, with no spaces but U+0020 between them (mã nhiệm vụ).",
  })
  code!: string;

  @Field(() => String, { description: "The content of the task, at most 500 characters (nội dung)." })
  title!: string;

  @Field(() => String, { nullable: true, description: "The expected product, at most 1,000 characters (sản phẩm)." })
  product?: string | null;

  @Field(() => TaskDocumentInput, {
    nullable: true,
    description: "The document that assigns it; signed on a day up to updatedAt (văn bản giao việc).",
  })
  document?: TaskDocumentInput | null;

  @Field(() => ID, { description: "Official code, on the day of assignment, of the unit that assigned it (đơn vị giao)." })
  assignedBy!: string;

  @Field(() => ID, {
    description: "Official code, on the day of assignment, of the unit that is responsible for it and where it counts (đơn vị chủ trì).",
  })
  lead!: string;

  @Field(() => [ID], {
    defaultValue: [],
    description: "Official codes, on the day of assignment, of the units that help, at most 50, without the lead (đơn vị phối hợp).",
  })
  coordinators!: string[];

  @Field(() => ID, {
    nullable: true,
    description:
      "Code of the task from which it was delegated: of the same source, sent before or with it, in any order. Chains have at most 50 tasks (nhiệm vụ cha).",
  })
  parent?: string | null;

  @Field(() => DateScalar, { description: "The day of assignment (ngày giao)." })
  assignedOn!: string;

  @Field(() => DateScalar, { nullable: true, description: "The deadline in force; null for a task without one (thời hạn)." })
  deadline?: string | null;

  @Field(() => DateScalar, { nullable: true, description: "The deadline at first; default: the deadline in force (thời hạn ban đầu)." })
  originalDeadline?: string | null;

  @Field(() => TaskProgressEnum, { description: "Its progress (tiến độ)." })
  progress!: TaskProgress;

  @Field(() => Int, { nullable: true, description: "0 to 100, as last reported (tỷ lệ hoàn thành)." })
  percent?: number | null;

  @Field(() => DateScalar, {
    nullable: true,
    description:
      "The day on which the lead says that it was done. Required when AWAITING_CONFIRMATION; not allowed before that (ngày báo cáo xong).",
  })
  doneOn?: string | null;

  @Field(() => DateScalar, { nullable: true, description: "The confirmed day. Required when COMPLETED, and only then (ngày hoàn thành)." })
  completedOn?: string | null;

  @Field(() => DateScalar, { nullable: true, description: "Required when CANCELLED, and only then (ngày hủy)." })
  cancelledOn?: string | null;

  @Field(() => [DayRangeInput], {
    defaultValue: [],
    description:
      "The days on which it stood still, at most 100 ranges without overlap; one without a last day just where it is POSTPONED (thời gian tạm hoãn).",
  })
  postponements!: DayRangeInput[];

  @Field(() => DateTimeScalar, { description: "Time of the last change in the source system." })
  updatedAt!: string;
}

@InputType("ImportTasksInput", { description: "Tasks of one source system (nhiệm vụ cần nhập)." })
export class ImportTasksInput {
  @Field(() => ID, { description: SOURCE_NAME })
  source!: string;

  @Field(() => ID, { nullable: true, description: SOURCE_OWNER_IF_SEVERAL })
  owner?: string | null;

  @Field(() => [TaskInput], { description: "1 to 5,000 tasks (nhiệm vụ)." })
  tasks!: TaskInput[];

  @Field(() => Boolean, { defaultValue: false, description: "Stores the valid rows even if others are invalid." })
  partial!: boolean;

  @Field(() => Boolean, { defaultValue: false, description: "Checks everything and stores nothing (kiểm tra thử)." })
  dryRun!: boolean;
}

@InputType("RetractTasksInput", { description: "Tasks that were sent by mistake (nhiệm vụ cần thu hồi)." })
export class RetractTasksInput {
  @Field(() => ID, { description: SOURCE_NAME })
  source!: string;

  @Field(() => ID, { nullable: true, description: SOURCE_OWNER_IF_SEVERAL })
  owner?: string | null;

  @Field(() => [ID], { description: "Codes of its tasks, at most 1,000 (mã nhiệm vụ)." })
  codes!: string[];

  @Field(() => String, { description: "The reason, 1 to 2,000 characters, which the audit trail stores (lý do)." })
  reason!: string;
}
