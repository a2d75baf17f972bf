import { defineEntity, p } from "@mikro-orm/core";
import { treeCounters, unitCounters } from "../counters/counter-tables.ts";
import { Source } from "../figures/figure.entity.ts";
import { TASK_COUNTS } from "./task-count.ts";

// Growing tables lead their keys with the province, by which they may be distributed, and have no foreign keys.

const DEADLINE = "infinity for a task without one";

/** An index on tasks whose name says what it leads with; of running tasks alone, where it says so. */
const index = (name: string, columns: string) => ({
  name: `task_${name}_index`,
  expression: `create index task_${name}_index on task (${columns}, source_id, code)${name.endsWith("running") ? " where is_running" : ""}`,
});

/** A task as it stands now. */
const TaskSchema = defineEntity({
  name: "Task",
  indexes: [
    { properties: ["sourceId", "code"] },
    { properties: ["parentSourceId", "parentCode"] },
    { properties: ["madeBy", "idempotencyKey"] },
    index("deadline", "deadline"),
    index("running", "deadline"),
    index("assigned", "assigned_on"),
    index("lead_deadline", "lead_id, deadline"),
    index("lead_running", "lead_id, deadline"),
    index("lead_assigned", "lead_id, assigned_on"),
    index("assigner_deadline", "assigner_id, deadline"),
    index("assigner_running", "assigner_id, deadline"),
    index("assigner_assigned", "assigner_id, assigned_on"),
    {
      // Without the condition the planner may take it for the primary key of a table without statistics, and read all imported tasks of a province.
      name: "task_idempotency_key_unique",
      expression:
        "create unique index task_idempotency_key_unique on task (province_id, made_by, idempotency_key) where made_by is not null",
    },
  ],
  properties: {
    provinceId: p.integer().primary().comment("Province of the first lead, 0 in none; it never changes"),
    sourceId: p.integer().primary(),
    code: p.text().primary(),
    isImported: p.boolean().comment("Changed by its source alone"),
    title: p.text(),
    product: p.text().nullable(),
    document: p.json().nullable(),
    words: p.text().comment("Folded title, product and number of the document with a blank before each word"),
    assignerId: p.integer(),
    leadId: p.integer(),
    slot: p.smallint().default(0).comment("Tier in which it counts: 1 country to 4 commune; 0 outside all tiers"),
    coordinatorIds: p.array((text) => Number(text)).columnType("int[]"),
    parentProvinceId: p.integer().nullable(),
    parentSourceId: p.integer().nullable(),
    parentCode: p.text().nullable(),
    family: p.text().comment("Id of the task at the top, which all that was delegated from it share"),
    assignedOn: p.date(),
    deadline: p.date().comment(DEADLINE),
    originalDeadline: p.date().comment(DEADLINE),
    progress: p.smallint().comment("1 to 7 of TaskProgress"),
    progressBefore: p.smallint().nullable().comment("What it was before it was postponed"),
    isRunning: p.boolean().comment("Neither completed, postponed nor cancelled"),
    percent: p.smallint().nullable().comment("As last reported"),
    doneOn: p.date().nullable().comment("As the lead says"),
    completedOn: p.date().nullable().comment("As confirmed"),
    cancelledOn: p.date().nullable(),
    postponed: p.text().columnType("datemultirange").comment("Days on which it stood still"),
    events: p.integer().comment("How many"),
    madeBy: p.text().nullable().comment("Actor whose idempotency key it is"),
    idempotencyKey: p.text().nullable(),
    digest: p.text().nullable().comment("SHA-256 of what was sent"),
    updatedAt: p.datetime(3).nullable().comment("Of an imported task: its last change in its system"),
  },
});
export class Task extends TaskSchema.class {}
TaskSchema.setClass(Task);

/** One thing that happened to a task; nothing of it is changed but who may see it. */
const TaskEventSchema = defineEntity({
  name: "TaskEvent",
  properties: {
    provinceId: p.integer().primary(),
    sourceId: p.integer().primary(),
    code: p.text().primary(),
    position: p.integer().primary(),
    at: p.datetime(3),
    action: p.smallint().comment("1 to 16 of TaskEventKind"),
    unitId: p.integer().comment("The unit on whose behalf it was done"),
    formerLeadId: p.integer().nullable(),
    note: p.text().nullable(),
    percent: p.smallint().nullable(),
    deadline: p.date().nullable(),
    doneOn: p.date().nullable(),
    evidence: p.json(),
    seenBy: p
      .array((text) => Number(text))
      .columnType("int[]")
      .comment("Present lead, assigner and coordinators of the task"),
  },
});
export class TaskEvent extends TaskEventSchema.class {}
TaskEventSchema.setClass(TaskEvent);

/** Rows by which a coordinator finds its tasks in the order of lists. */
const TaskCoordinatorSchema = defineEntity({
  name: "TaskCoordinator",
  indexes: [{ properties: ["unitId", "deadline", "sourceId", "code"] }, { properties: ["unitId", "assignedOn", "sourceId", "code"] }],
  properties: {
    provinceId: p.integer().primary(),
    sourceId: p.integer().primary(),
    code: p.text().primary(),
    unitId: p.integer().primary(),
    assignerId: p.integer(),
    leadId: p.integer(),
    assignedOn: p.date(),
    deadline: p.date().comment(DEADLINE),
    isRunning: p.boolean(),
  },
});
export class TaskCoordinator extends TaskCoordinatorSchema.class {}
TaskCoordinatorSchema.setClass(TaskCoordinator);

/** The last number that was given to a task of the source in the year. */
const TaskNumberSchema = defineEntity({
  name: "TaskNumber",
  properties: {
    source: () => p.manyToOne(Source).primary(),
    year: p.integer().primary(),
    last: p.integer(),
  },
});
export class TaskNumber extends TaskNumberSchema.class {}
TaskNumberSchema.setClass(TaskNumber);

/** Counters by lead. */
export const TaskUnitCount = unitCounters("TaskUnitCount", TASK_COUNTS);
export const TaskTreeCount = treeCounters("TaskTreeCount", TASK_COUNTS);
