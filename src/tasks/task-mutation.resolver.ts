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
    @Arg("input", () => AssignTaskInput, { description: "The task, and what to do with it." }) input: AssignTaskInput,
    @Ctx() context: RequestContext,
  ) {
    return assignTask(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, {
    description:
      "OFFICER of the lead, which becomes the assigner. To a unit within the lead, or where the lead is an agency, within the unit that it serves (agencies included). The " +
      "deadline is the parent's unless said, and not after it. Of an imported task, too; that changes nothing of the parent (giao lại).",
  })
  delegateTask(
    @Arg("input", () => DelegateTaskInput, { description: "The task, and what to do with it." }) input: DelegateTaskInput,
    @Ctx() context: RequestContext,
  ) {
    return delegateTask(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, { description: "OFFICER of the lead: a first or later word on progress (báo cáo tiến độ)." })
  reportTaskProgress(
    @Arg("input", () => ReportTaskProgressInput, { description: "The task, and what to do with it." }) input: ReportTaskProgressInput,
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
    @Arg("input", () => CompleteTaskInput, { description: "The task, and what to do with it." }) input: CompleteTaskInput,
    @Ctx() context: RequestContext,
  ) {
    return completeTask(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, { description: "OFFICER of the lead: it is declined; the assigner decides (từ chối)." })
  declineTask(
    @Arg("input", () => TaskNoteInput, { description: "The task, and what to do with it." }) input: TaskNoteInput,
    @Ctx() context: RequestContext,
  ) {
    return declineTask(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, { description: "OFFICER of the lead: it asks for another deadline, and nothing changes (xin gia hạn)." })
  requestTaskExtension(
    @Arg("input", () => RequestTaskExtensionInput, { description: "The task, and what to do with it." }) input: RequestTaskExtensionInput,
    @Ctx() context: RequestContext,
  ) {
    return requestTaskExtension(context, input);
  }
}

@Resolver()
export class TaskAssignerMutations {
  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, {
    description: "OFFICER of the assigning unit, like all that follow: it is done (xác nhận hoàn thành).",
  })
  confirmTask(
    @Arg("input", () => ConfirmTaskInput, { description: "The task, and what to do with it." }) input: ConfirmTaskInput,
    @Ctx() context: RequestContext,
  ) {
    return confirmTask(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, { description: "Not done as it should be, or a decline that is not accepted: back to work (trả lại)." })
  returnTask(
    @Arg("input", () => TaskNoteInput, { description: "The task, and what to do with it." }) input: TaskNoteInput,
    @Ctx() context: RequestContext,
  ) {
    return returnTask(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, { description: "A confirmation was wrong: back to IN_PROGRESS, completedOn null (mở lại)." })
  reopenTask(
    @Arg("input", () => TaskNoteInput, { description: "The task, and what to do with it." }) input: TaskNoteInput,
    @Ctx() context: RequestContext,
  ) {
    return reopenTask(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, { description: "Title, product, document or coordinators put right; what is left out stays (sửa đổi)." })
  amendTask(
    @Arg("input", () => AmendTaskInput, { description: "The task, and what to do with it." }) input: AmendTaskInput,
    @Ctx() context: RequestContext,
  ) {
    return amendTask(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, {
    description: "Another deadline, or none. CONFLICT, naming them, for one before that of open delegated tasks (gia hạn).",
  })
  extendTask(
    @Arg("input", () => ExtendTaskInput, { description: "The task, and what to do with it." }) input: ExtendTaskInput,
    @Ctx() context: RequestContext,
  ) {
    return extendTask(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, {
    description: "It is put off, and its clock stands still; delegated tasks stay as they are (tạm hoãn).",
  })
  postponeTask(
    @Arg("input", () => TaskNoteInput, { description: "The task, and what to do with it." }) input: TaskNoteInput,
    @Ctx() context: RequestContext,
  ) {
    return postponeTask(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, { description: "It goes on where it was put off, with a new deadline where one is given (tiếp tục)." })
  resumeTask(
    @Arg("input", () => ResumeTaskInput, { description: "The task, and what to do with it." }) input: ResumeTaskInput,
    @Ctx() context: RequestContext,
  ) {
    return resumeTask(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, {
    description: "Another unit leads it, and begins anew. CONFLICT, naming them, while delegated tasks are open (giao đơn vị khác).",
  })
  reassignTask(
    @Arg("input", () => ReassignTaskInput, { description: "The task, and what to do with it." }) input: ReassignTaskInput,
    @Ctx() context: RequestContext,
  ) {
    return reassignTask(context, input);
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => TaskPayloadType, {
    description: "It is taken back. CONFLICT, naming them, while delegated tasks are open, unless these are cancelled with it (hủy).",
  })
  cancelTask(
    @Arg("input", () => CancelTaskInput, { description: "The task, and what to do with it." }) input: CancelTaskInput,
    @Ctx() context: RequestContext,
  ) {
    return cancelTask(context, input);
  }
}
