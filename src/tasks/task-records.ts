import { type RawBuilder, sql } from "kysely";
import { flow, handled, isBefore, isWithin, recordRules, stock, sumOf } from "../counters/record-rules.ts";
import { TASK } from "../figures/measure.ts";
import { TASK_COUNTED, TASK_COUNTS, taskMeasuresOf } from "./task-count.ts";
import { taskEvents } from "./task-count.event.ts";

const COMPLETED = ["completedOnTime", "completedLate", "completedWithoutDeadline"];
const OPENED = ["openedWithDeadline", "openedWithoutDeadline"];

const VALUES = [
  handled("withDeadline", ["openedWithDeadline"], ["completedOnTime", "completedLate"]),
  handled("withoutDeadline", ["openedWithoutDeadline"], ["completedWithoutDeadline"]),
  handled("delegated", ["openedDelegated"], ["completedDelegated"]),
  handled("extended", ["openedExtended"], ["completedExtended"]),
  ...TASK_COUNTED.slice(4).map((name) => (name === "pastDue" ? stock(name) : flow(name))),
];

const tasksOf = (units: RawBuilder<unknown> | null) =>
  units === null ? sql`task d` : sql`(select * from task where lead_id = any(${units})) d`;

/** Tasks as a kind of record; they count at their lead. */
export const TASK_RECORDS = recordRules({
  kind: "TASKS",
  measures: TASK,
  tables: { deltas: "task_delta", units: "task_unit_count", trees: "task_tree_count", details: null },
  counts: TASK_COUNTS,
  values: VALUES,
  rolledUp: VALUES.length,
  anyRecord: sql`(${sumOf(OPENED, null)} <> ${sumOf(COMPLETED, isBefore)} or ${sumOf(["due"], isWithin)} <> 0)`,
  measuresOf: taskMeasuresOf,
  eventsOf: (units) => taskEvents({ tasks: tasksOf(units), sign: sql.lit(1) }),
  records: sql`(select province_id, lead_id as unit_id, source_id, assigned_on as counted_on from task)`,
  wrongRecords: (units) => sql<{ rows: number }>`
    select count(*)::int as rows from task d where d.lead_id = any(${units}) and d.is_running <> (d.progress not in (4, 5, 7))`,
});
