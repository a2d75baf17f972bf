import { type RawBuilder, sql } from "kysely";
import { coveredUnits } from "../access/scope.ts";
import type { Grant } from "../access/viewer.ts";
import { BadUserInput } from "../lib/errors.ts";
import { type Page, pageOf, type Position } from "../lib/page.ts";
import { addDays, type Day, epochDay } from "../lib/time/date.ts";
import { RUNNING, TASK_PROGRESS } from "./task-steps.ts";
import type { TaskCondition, TaskOrder } from "./task.filter.ts";
import { isTaskSeen, taskColumns, type TaskView } from "./task.loaders.ts";

/**
 * Up to so many units their next tasks are read one unit after the other; above it all tasks are read in the order of the list until the
 * page is full, for then the next one is never far.
 */
const FEW_UNITS = 2000;

const FIRST_DAY: Day = "0001-01-01";
const LAST_DAY: Day = "9999-12-31";
const dayRank = (day: Day): number => epochDay(day) - epochDay(FIRST_DAY);
/** The rank of tasks without a deadline, which come last. */
const NO_DEADLINE_RANK = dayRank(LAST_DAY) + 1;
const MAX_SOURCE = 2_147_483_647;

/** The filter, the order and the grants of a list. */
export interface TaskList {
  readonly grants: readonly Grant[];
  readonly condition: TaskCondition;
  readonly orderBy: TaskOrder;
}

/** Tasks after a position; the first one that there could be where the list begins. */
export interface FollowingTasks {
  readonly first: number;
  readonly day: string;
  readonly sourceNo: number;
  readonly code: string;
}

/** A position in the order of a list: day, source and code, all ascending or all descending. */
export const taskPositionOf =
  (orderBy: TaskOrder) =>
  ({ deadline, assignedOn, sourceNo, code }: TaskView): Position => {
    const day = orderBy === "DEADLINE" ? deadline : assignedOn;
    return { rank: day === null ? NO_DEADLINE_RANK : dayRank(day), text: `${sourceNo}:${code}` };
  };

const startOf = (orderBy: TaskOrder) =>
  orderBy === "DEADLINE" ? { day: "-infinity", sourceNo: 0 } : { day: "infinity", sourceNo: MAX_SOURCE };

/** @throws BadUserInput for `first` outside 1..1000 and for an unknown cursor. */
export const taskPage = (first: number, after: string | null | undefined, orderBy: TaskOrder): Page & { readonly from: FollowingTasks } => {
  const page = pageOf(first, after, NO_DEADLINE_RANK);
  if (page.after === null) return { ...page, from: { first, ...startOf(orderBy), code: "" } };
  const { rank, text } = page.after;
  const match = /^(\d{1,9}):(.+)$/s.exec(text);
  if (!match) throw new BadUserInput("after", after, "must be a cursor of this list");
  const day = rank === NO_DEADLINE_RANK ? "infinity" : addDays(FIRST_DAY, rank);
  return { ...page, from: { first, day, sourceNo: Number(match[1]), code: match[2]! } };
};

/** The timeliness of task `t` today: taskTimelinessOn, as SQL. */
const timelinessToday = ({ today, nearUntil }: TaskCondition): RawBuilder<string> => sql`case
  when t.deadline = 'infinity' then 'NO_DEADLINE'
  when coalesce(t.completed_on, t.done_on) <= t.deadline then 'IN_TIME'
  when coalesce(t.completed_on, t.done_on) is not null then 'OVERDUE'
  when coalesce(t.cancelled_on, ${today}::date) <@ t.postponed then 'IN_TIME'
  when t.deadline < coalesce(t.cancelled_on, ${today}::date) then 'OVERDUE'
  when t.cancelled_on is null and t.deadline <= ${nearUntil}::date then 'NEARLY_DUE'
  else 'IN_TIME' end`;

/** Conditions as one value, which the planner takes for true of every other row; it would take one after the other for rare. */
const matches = ({ condition: one }: TaskList): RawBuilder<boolean> => sql<boolean>`coalesce((
  (${one.within?.unitNo ?? null}::int is null or t.lead_id in (select unit_id from subtree))
  and (${one.assignerNo}::int is null or t.assigner_id = ${one.assignerNo}::int)
  and (${one.coordinatorNo}::int is null or ${one.coordinatorNo}::int = any(t.coordinator_ids))
  and (${one.progress}::smallint[] is null or t.progress = any(${one.progress}::smallint[]))
  and (${one.timeliness}::text[] is null or ${timelinessToday(one)} = any(${one.timeliness}::text[]))
  and (${one.assigned?.from ?? null}::date is null or t.assigned_on between ${one.assigned?.from ?? null}::date and ${one.assigned?.to ?? null}::date)
  and (${one.deadline?.from ?? null}::date is null or t.deadline between ${one.deadline?.from ?? null}::date and ${one.deadline?.to ?? null}::date)
  and (${one.dueBy}::date is null or t.is_running and t.deadline <= ${one.dueBy}::date)
  and not (${one.rootsOnly}::boolean and t.parent_code is not null)
  and not exists (select from unnest(${[...one.words]}::text[]) w(word) where strpos(t.words, w.word) = 0)), false)`;

/** `covered`, what the caller sees; `subtree`, whose tasks are asked for. */
const units = ({ grants, condition: { within } }: TaskList) => sql`
  covered as materialized (${coveredUnits(grants)}),
  subtree as materialized (
    select c.unit_id from contribution c where c.edition_id = ${within?.editionId ?? null}::int and c.target_id = ${within?.unitNo ?? null}::int and c.certain
  )`;

/** `lead`, `assigner` and `helper`: whose tasks are read, by the side on which they are looked up; as few units as will do. `size` says whether these are few. */
const lookups = (list: TaskList) => {
  const { within, assignerNo } = list.condition;
  const isSubtree = sql`${assignerNo}::int is null and ${within?.unitNo ?? null}::int is not null
    and (select count(*) from subtree) <= (select count(*) from covered)`;
  return sql`${units(list)},
  choice as materialized (select ${isSubtree} as is_subtree, ${assignerNo}::int is null and not (${isSubtree}) as is_covered),
  lead as materialized (
    select distinct unit_id from subtree where (select is_subtree from choice)
    union select unit_id from covered where (select is_covered from choice)
  ),
  assigner as materialized (
    select ${assignerNo}::int as unit_id where ${assignerNo}::int is not null
    union select unit_id from covered where (select is_covered from choice)
  ),
  helper as materialized (select distinct unit_id from covered where (select is_covered from choice)),
  size as materialized (select greatest((select count(*) from lead), (select count(*) from assigner)) <= ${sql.lit(FEW_UNITS)} as is_few)`;
};

const orders = {
  DEADLINE: { day: sql.ref("deadline"), direction: sql`asc`, compare: sql`>` },
  ASSIGNED_ON_DESC: { day: sql.ref("assigned_on"), direction: sql`desc`, compare: sql`<` },
} as const;

const ordered = (orderBy: TaskOrder, table: "t" | "c") => {
  const { day, direction } = orders[orderBy];
  const of = sql.ref(table);
  return sql`${of}.${day} ${direction}, ${of}.source_id ${direction}, ${of}.code ${direction}`;
};

/** The range of days of the order in which the tasks lie; null without a bound. */
const daysOf = ({
  orderBy,
  condition: { assigned, deadline, dueBy, timeliness, today, nearUntil },
}: TaskList): readonly [Day | null, Day | null] => {
  if (orderBy !== "DEADLINE") return [assigned?.from ?? null, assigned?.to ?? null];
  const isNear = isNearlyDue(timeliness);
  const first = [deadline?.from, isNear ? today : null].filter((day) => day != null).toSorted();
  const last = [deadline?.to, dueBy, isNear ? nearUntil : null].filter((day) => day != null).toSorted();
  return [first.at(-1) ?? null, last[0] ?? null];
};

const isNearlyDue = (timeliness: TaskCondition["timeliness"]): boolean => timeliness?.length === 1 && timeliness[0] === "NEARLY_DUE";

/** True if only running tasks are requested, which have indexes of their own. */
const isRunningOnly = ({ dueBy, timeliness, progress }: TaskCondition): boolean =>
  dueBy !== null || isNearlyDue(timeliness) || (progress?.every((one) => RUNNING.includes(TASK_PROGRESS[one - 1]!)) ?? false);

/** Where the indexes begin and end. Bare values, for row-level security lets no others reach an index. */
const beyond = (list: TaskList, following: FollowingTasks, table: "t" | "c"): RawBuilder<boolean> => {
  const { day: column, compare } = orders[list.orderBy];
  const of = sql.ref(table);
  const [first, last] = daysOf(list);
  const [near, far] = list.orderBy === "DEADLINE" ? [first, last] : [last, first];
  const isBefore = near !== null && (list.orderBy === "DEADLINE" ? isEarlier(following.day, near) : isEarlier(near, following.day));
  const { day, sourceNo, code } = isBefore ? { ...startOf(list.orderBy), day: near, code: "" } : following;
  const end = far === null ? sql`true` : sql`${of}.${column} ${list.orderBy === "DEADLINE" ? sql`<=` : sql`>=`} ${far}::date`;
  const running = isRunningOnly(list.condition) ? sql`${of}.is_running` : sql`true`;
  return sql<boolean>`(${of}.${column}, ${of}.source_id, ${of}.code) ${compare} (${day}::date, ${sourceNo}::int, ${code}::text) and ${end} and ${running}`;
};

const isEarlier = (one: string, other: string): boolean =>
  one === "-infinity" || other === "infinity" ? one !== other : one !== "infinity" && other !== "-infinity" && one < other;

const nearest = (list: TaskList, from: FollowingTasks, side: "lead" | "assigner", limit: RawBuilder<unknown>) => sql`
  select near.* from (select * from ${sql.table(side)} where (select is_few from size)) one cross join lateral (
    select t.province_id, t.source_id, t.code, t.deadline, t.assigned_on from task t
    where t.${sql.ref(`${side}_id`)} = one.unit_id and ${beyond(list, from, "t")} and ${matches(list)} and ${isTaskSeen}
    order by ${ordered(list.orderBy, "t")} ${limit}
  ) near`;

export const pageOfTasks = (list: TaskList, from: FollowingTasks) => {
  const limit = sql`limit ${from.first + 1}`;
  const found = sql`
    ${nearest(list, from, "lead", limit)}
    union
    ${nearest(list, from, "assigner", limit)}
    union
    select near.* from (select * from helper where (select is_few from size)) one cross join lateral (
      select t.province_id, t.source_id, t.code, t.deadline, t.assigned_on from task_coordinator c
      join task t on t.province_id = c.province_id and t.source_id = c.source_id and t.code = c.code
      where c.unit_id = one.unit_id and ${beyond(list, from, "c")} and ${matches(list)}
      order by ${ordered(list.orderBy, "c")} ${limit}
    ) near
    union
    select far.* from (
      select t.province_id, t.source_id, t.code, t.deadline, t.assigned_on from task t
      where (select not is_few from size) and ${beyond(list, from, "t")} and ${matches(list)} and ${isTaskSeen}
      order by ${ordered(list.orderBy, "t")} ${limit}
    ) far`;
  return sql<TaskView>`
    with ${lookups(list)},
    found as materialized (select * from (${found}) c order by ${ordered(list.orderBy, "c")} ${limit})
    select ${taskColumns} from found f join task t on t.province_id = f.province_id and t.source_id = f.source_id and t.code = f.code
    order by ${ordered(list.orderBy, "t")}`;
};

export const countOfTasks = (list: TaskList) => {
  const wanted = sql`${matches(list)} and ${isTaskSeen}`;
  return sql<{ total: number }>`
    with ${lookups(list)},
    few as (
      select t.province_id, t.source_id, t.code from lead l join task t on t.lead_id = l.unit_id where (select is_few from size) and ${wanted}
      union
      select t.province_id, t.source_id, t.code from assigner a join task t on t.assigner_id = a.unit_id where (select is_few from size) and ${wanted}
      union
      select t.province_id, t.source_id, t.code from helper h join task_coordinator c on c.unit_id = h.unit_id
        join task t on t.province_id = c.province_id and t.source_id = c.source_id and t.code = c.code
      where (select is_few from size) and ${matches(list)}
    )
    select ((select count(*) from few) + (select count(*) from task t where (select not is_few from size) and ${wanted}))::int as total`;
};

/** The same where the tables are laid out over several nodes: Citus takes no lateral join with a limit, and asks all nodes for their next at once. */
export const pageOfTasksOverNodes = (list: TaskList, from: FollowingTasks) => sql<TaskView>`
  with ${units(list)}
  select ${taskColumns} from task t where ${beyond(list, from, "t")} and ${matches(list)} and ${isTaskSeen}
  order by ${ordered(list.orderBy, "t")} limit ${from.first + 1}`;

export const countOfTasksOverNodes = (list: TaskList) => sql<{ total: number }>`
  with ${units(list)}
  select count(*)::int as total from task t where ${matches(list)} and ${isTaskSeen}`;
