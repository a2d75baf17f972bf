import { Arg, Authorized, Ctx, Mutation, Resolver } from "type-graphql";
import type { Permission } from "../access/permission.ts";
import type { RequestContext } from "../access/request-context.ts";
import { assignTask, delegateTask } from "./task-assign.service.ts";
import { reportTaskProgress, completeTask, declineTask, requestTaskExtension } from "./task-lead.service.ts";
import { confirmTask, returnTask, reopenTask, amendTask, extendTask, postponeTask, resumeTask } from "./task-assigner.service.ts";
import { reassignTask, cancelTask } from "./task-reassign.service.ts";
import {
  AmendTaskInput,
  CancelTaskInput,
  ConfirmTaskInput,
  ExtendTaskInput,
  ReassignTaskInput,
  ResumeTaskInput,
} from "./task-assigner.input.ts";
import {
  AssignTaskInput,
  CompleteTaskInput,
  DelegateTaskInput,
  ReportTaskProgressInput,
  RequestTaskExtensionInput,
  TaskNoteInput,
} from "./task.input.ts";
import { TaskPayloadType } from "./task.type.ts";

@Resolver()
export class TaskLeadMutations {
  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, {
    description:
      "OFFICER of the assigning unit. The lead lies within that unit, or is an agency of it or of a unit within it. Sent twice " +
      "with one key it exists once; CONFLICT for other content under the key (giao nhiệm vụ).",
  })
  assignTask(
    @Arg("input", () => AssignTaskInput, { description: "The task and the details of the step." }) input: AssignTaskInput,
    @Ctx() context: RequestContext,
  ) {
    return assignTask(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, {
    description:
      "OFFICER of the lead, which becomes the assigner. To a unit within the lead, or where the lead is an agency, within the unit that it serves (agencies included). The " +
      "default deadline is the parent's, and none is later. An imported task can be delegated, too, and does not change (giao lại).",
  })
  delegateTask(
    @Arg("input", () => DelegateTaskInput, { description: "The task and the details of the step." }) input: DelegateTaskInput,
    @Ctx() context: RequestContext,
  ) {
    return delegateTask(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, { description: "Reports progress; requires OFFICER of the lead (báo cáo tiến độ)." })
  reportTaskProgress(
    @Arg("input", () => ReportTaskProgressInput, { description: "The task and the details of the step." }) input: ReportTaskProgressInput,
    @Ctx() context: RequestContext,
  ) {
    return reportTaskProgress(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, {
    description:
      "OFFICER of the lead: it is done; waits for confirmation. CONFLICT, naming them, while delegated " +
      "tasks are neither completed nor cancelled (báo cáo hoàn thành).",
  })
  completeTask(
    @Arg("input", () => CompleteTaskInput, { description: "The task and the details of the step." }) input: CompleteTaskInput,
    @Ctx() context: RequestContext,
  ) {
    return completeTask(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, {
    description: "Declines a task, on which the assigner decides; requires OFFICER of the lead (từ chối).",
  })
  declineTask(
    @Arg("input", () => TaskNoteInput, { description: "The task and the details of the step." }) input: TaskNoteInput,
    @Ctx() context: RequestContext,
  ) {
    return declineTask(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, {
    description: "Requests another deadline and changes nothing else; requires OFFICER of the lead (xin gia hạn).",
  })
  requestTaskExtension(
    @Arg("input", () => RequestTaskExtensionInput, { description: "The task and the details of the step." })
    input: RequestTaskExtensionInput,
    @Ctx() context: RequestContext,
  ) {
    return requestTaskExtension(context, input);
  }
}

@Resolver()
export class TaskAssignerMutations {
  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, {
    description: "Confirms that a task is done; this and all following steps require OFFICER of the assigning unit (xác nhận hoàn thành).",
  })
  confirmTask(
    @Arg("input", () => ConfirmTaskInput, { description: "The task and the details of the step." }) input: ConfirmTaskInput,
    @Ctx() context: RequestContext,
  ) {
    return confirmTask(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, {
    description: "Returns a task to the lead, because it is not done as required or its decline is not accepted (trả lại).",
  })
  returnTask(
    @Arg("input", () => TaskNoteInput, { description: "The task and the details of the step." }) input: TaskNoteInput,
    @Ctx() context: RequestContext,
  ) {
    return returnTask(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, {
    description: "Withdraws a wrong confirmation: the task is IN_PROGRESS again and completedOn is null (mở lại).",
  })
  reopenTask(
    @Arg("input", () => TaskNoteInput, { description: "The task and the details of the step." }) input: TaskNoteInput,
    @Ctx() context: RequestContext,
  ) {
    return reopenTask(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, { description: "Corrects title, product, document or coordinators; omitted fields stay (sửa đổi)." })
  amendTask(
    @Arg("input", () => AmendTaskInput, { description: "The task and the details of the step." }) input: AmendTaskInput,
    @Ctx() context: RequestContext,
  ) {
    return amendTask(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, {
    description: "Sets another deadline, or none. CONFLICT names the open delegated tasks with a later one (gia hạn).",
  })
  extendTask(
    @Arg("input", () => ExtendTaskInput, { description: "The task and the details of the step." }) input: ExtendTaskInput,
    @Ctx() context: RequestContext,
  ) {
    return extendTask(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, {
    description: "Postpones a task: it is not overdue meanwhile, and its deadline stays. Delegated tasks are not postponed (tạm hoãn).",
  })
  postponeTask(
    @Arg("input", () => TaskNoteInput, { description: "The task and the details of the step." }) input: TaskNoteInput,
    @Ctx() context: RequestContext,
  ) {
    return postponeTask(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, { description: "Resumes a postponed task, with a new deadline if one is given (tiếp tục)." })
  resumeTask(
    @Arg("input", () => ResumeTaskInput, { description: "The task and the details of the step." }) input: ResumeTaskInput,
    @Ctx() context: RequestContext,
  ) {
    return resumeTask(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, {
    description: "Gives a task to another lead, NOT_STARTED. CONFLICT names the open delegated tasks (giao đơn vị khác).",
  })
  reassignTask(
    @Arg("input", () => ReassignTaskInput, { description: "The task and the details of the step." }) input: ReassignTaskInput,
    @Ctx() context: RequestContext,
  ) {
    return reassignTask(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, {
    description: "Cancels a task. CONFLICT names the open delegated tasks, unless these are cancelled with it (hủy).",
  })
  cancelTask(
    @Arg("input", () => CancelTaskInput, { description: "The task and the details of the step." }) input: CancelTaskInput,
    @Ctx() context: RequestContext,
  ) {
    return cancelTask(context, input);
  }
}
