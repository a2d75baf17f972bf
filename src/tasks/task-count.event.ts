import { type RawBuilder, sql } from "kysely";
import { eventCounts } from "../counters/count.ts";
import { TASK_COUNTS, type TaskCount } from "./task-count.ts";

/** Relation for a FROM clause: tasks `d` as in the table. */
export interface CountedTasks {
  readonly tasks: RawBuilder<unknown>;
  /** 1 adds the tasks to the counters, -1 subtracts them. */
  readonly sign: RawBuilder<unknown>;
}

const yes = (condition: RawBuilder<unknown>) => sql`(${condition})::int`;
const negative = (values: Partial<Record<TaskCount, RawBuilder<unknown>>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, sql`-${value}`]));

const hasDeadline = sql`isfinite(d.deadline)`;
const isDelegated = sql`d.parent_code is not null`;
const isExtended = sql`${hasDeadline} and d.deadline <> d.original_deadline`;
const isInTime = sql`${hasDeadline} and d.completed_on <= d.deadline`;

const OPENED = {
  openedWithDeadline: yes(hasDeadline),
  openedWithoutDeadline: yes(sql`not ${hasDeadline}`),
  openedDelegated: yes(isDelegated),
  openedExtended: yes(isExtended),
};

const COMPLETED = {
  completedOnTime: yes(isInTime),
  completedLate: yes(sql`${hasDeadline} and d.completed_on > d.deadline`),
  completedWithoutDeadline: yes(sql`not ${hasDeadline}`),
  completedDelegated: yes(isDelegated),
  completedExtended: yes(isExtended),
};

const DUE = { due: sql`1`, dueCompletedOnTime: yes(sql`coalesce(${isInTime}, false)`) };

/** While a task waits for confirmation, the day on which the lead says that it was done decides. */
const waitsSince = sql`case when d.completed_on is null then d.done_on end`;
const overdueFrom = sql`greatest(d.deadline + 1, d.assigned_on)`;
const overdueUntil = sql`least(d.completed_on, d.cancelled_on)`;
/** Postponement stops the clock of a task that is not done. */
const isStill = sql`case when ${waitsSince} is null then d.postponed else d.postponed * datemultirange(daterange(null, ${waitsSince})) end`;
const overdueDays = sql`case
  when not ${hasDeadline} or ${waitsSince} <= d.deadline or ${overdueUntil} <= ${overdueFrom} then '{}'::datemultirange
  else datemultirange(daterange(${overdueFrom}, ${overdueUntil})) - (${isStill}) end`;

/** Returns one row (province, unit, slot, day, counts) for each event of the tasks, which it reads once. */
export const taskEvents = ({ tasks, sign }: CountedTasks): RawBuilder<unknown> => {
  const event = (day: RawBuilder<unknown>, values: Partial<Record<TaskCount, RawBuilder<unknown>>>, when: RawBuilder<unknown>) =>
    sql`select ${day} as day, ${eventCounts(TASK_COUNTS, sign, values)} ${when}`;
  const overdue = sql`from unnest(${overdueDays}) r(days)`;
  return sql`
    select d.province_id, d.lead_id as unit_id, d.slot, e.* from ${tasks} cross join lateral (
      ${event(sql`d.assigned_on`, OPENED, sql``)}
      union all
      ${event(sql`d.cancelled_on`, negative(OPENED), sql`where d.cancelled_on is not null`)}
      union all
      ${event(sql`d.completed_on`, COMPLETED, sql`where d.completed_on is not null`)}
      union all
      ${event(sql`d.deadline`, DUE, sql`where ${hasDeadline} and d.cancelled_on is null`)}
      union all
      ${event(sql`lower(r.days)`, { pastDue: sql`1` }, overdue)}
      union all
      ${event(sql`upper(r.days)`, { pastDue: sql`-1` }, sql`${overdue} where upper(r.days) is not null`)}
    ) e`;
};
