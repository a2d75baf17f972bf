import { Arg, Authorized, Ctx, Mutation, Resolver } from "type-graphql";
import type { Permission } from "../../access/permission.ts";
import type { RequestContext } from "../../access/request-context.ts";
import { ImportPayloadType } from "../../imports/import-report.type.ts";
import { ImportTasksInput, RetractTasksInput } from "./task-import.input.ts";
import { importTasks } from "./task-import.service.ts";
import { retractTasks } from "./task-retract.service.ts";

@Resolver()
export class TaskImportMutations {
  @Authorized<Permission>("tasks:write")
  @Mutation(() => ImportPayloadType, {
    description:
      "Imports up to 5,000 tasks of another system, as importDossiers does; such a task is changed by its source alone, and may be delegated here. Requires the role OFFICER on " +
      "the source's unit and on each lead (nhập nhiệm vụ).",
  })
  async importTasks(
    @Arg("input", () => ImportTasksInput, { description: "The tasks and their source." }) input: ImportTasksInput,
    @Ctx() context: RequestContext,
  ) {
    return { report: await importTasks(context, input) };
  }

  @Authorized<Permission>("tasks:write")
  @Mutation(() => ImportPayloadType, {
    description:
      "Retracts imported tasks that were sent by mistake, with their events; counters follow, and the audit trail stores the tasks. Atomic: a code that the source has not sent, and " +
      "a task from which others were delegated that stay, are problems of the report. Requires the role OFFICER on the source's unit and on each lead (thu hồi nhiệm vụ).",
  })
  async retractTasks(
    @Arg("input", () => RetractTasksInput, { description: "The source, the codes and the reason." }) input: RetractTasksInput,
    @Ctx() context: RequestContext,
  ) {
    return { report: await retractTasks(context, input) };
  }
}
