import { type RawBuilder, sql } from "kysely";
import type { RequestContext } from "../access/request-context.ts";
import { coveredUnits, rowScope } from "../access/scope.ts";
import { grantsFor } from "../access/viewer.ts";
import { manyBy, oneBy, type Positioned } from "../database/loader.ts";
import { instant } from "../database/instant-text.ts";
import type { Page } from "../lib/page.ts";
import type { Day } from "../lib/time/date.ts";
import { localDay } from "../lib/time/local-time.ts";
import type { TaskIdentity } from "./task-id.ts";
import { fromHierarchy } from "../hierarchy/unit.loaders.ts";
import { authorityOf } from "./task-authority.ts";
import { TASK_EVENTS, TASK_PROGRESS, type TaskEventKind, type TaskProgress } from "./task-steps.ts";
import type { DayRange, TaskDays } from "./task-timeliness.ts";

/** The primary key of a task, which begins with the province, as all keys of growing tables. */
export interface TaskKey extends TaskIdentity {
  readonly provinceNo: number;
}

export interface TaskDocument {
  readonly number: string;
  readonly signedOn: Day | null;
  readonly issuer: string | null;
  readonly url: string | null;
}

export interface TaskEvidence {
  readonly name: string;
  readonly url: string;
}

export interface TaskView extends TaskKey, TaskDays {
  readonly isImported: boolean;
  readonly title: string;
  readonly product: string | null;
  readonly document: TaskDocument | null;
  readonly assignerNo: number;
  readonly leadNo: number;
  /** Tier in which it counts, as a number from 1; 0 outside all tiers. */
  readonly slot: number;
  readonly coordinatorNos: readonly number[];
  readonly parent: TaskKey | null;
  /** Id of the task at the top. */
  readonly family: string;
  readonly assignedOn: Day;
  readonly originalDeadline: Day | null;
  readonly progress: TaskProgress;
  /** The progress before it was postponed; null unless it is. */
  readonly progressBefore: TaskProgress | null;
  /** 100 once it is completed. */
  readonly percent: number | null;
  readonly reportedPercent: number | null;
  readonly postponed: readonly DayRange[];
  readonly eventCount: number;
}

export interface TaskEventView {
  readonly position: number;
  readonly at: string;
  readonly atOn: Day;
  readonly action: TaskEventKind;
  readonly unitNo: number;
  readonly formerLeadNo: number | null;
  readonly note: string | null;
  readonly percent: number | null;
  readonly deadline: Day | null;
  readonly doneOn: Day | null;
  readonly evidence: readonly TaskEvidence[];
}

const named = (names: readonly string[], number: RawBuilder<unknown>) => sql`(${sql.lit(`{${names.join()}}`)}::text[])[${number}]`;
const unlessInfinite = (day: RawBuilder<unknown>) => sql`case when isfinite(${day}) then ${day} end`;

const postponedDays = sql`case when isempty(t.postponed) then '[]'::json else (
  select json_agg(json_build_object('from', lower(r), 'to', upper(r) - 1)) from unnest(t.postponed) r) end`;
const parent = sql`case when t.parent_code is not null then
  json_build_object('provinceNo', t.parent_province_id, 'sourceNo', t.parent_source_id, 'code', t.parent_code) end`;

/** The columns of a TaskView; `t` is the task. */
export const taskColumns = sql`t.province_id as "provinceNo", t.source_id as "sourceNo", t.code, t.is_imported as "isImported", t.title, t.product,
  t.document, t.assigner_id as "assignerNo", t.lead_id as "leadNo", t.slot, t.coordinator_ids as "coordinatorNos", ${parent} as parent, t.family,
  t.assigned_on as "assignedOn", ${unlessInfinite(sql`t.deadline`)} as deadline, ${unlessInfinite(sql`t.original_deadline`)} as "originalDeadline",
  ${named(TASK_PROGRESS, sql`t.progress`)} as progress, ${named(TASK_PROGRESS, sql`t.progress_before`)} as "progressBefore",
  case when t.completed_on is not null then 100 else t.percent end as percent, t.percent as "reportedPercent", t.done_on as "doneOn",
  t.completed_on as "completedOn", t.cancelled_on as "cancelledOn", ${postponedDays} as postponed, t.events as "eventCount"`;

/** The condition that a unit of `covered` leads, assigns or coordinates task `t`. */
export const isTaskSeen = sql<boolean>`(t.lead_id in (select unit_id from covered) or t.assigner_id in (select unit_id from covered)
  or t.coordinator_ids && array(select unit_id from covered))`;

const keysOf = (keys: readonly TaskIdentity[]) => sql`unnest(${keys.map(({ sourceNo }) => sourceNo)}::int[],
  ${keys.map(({ code }) => code)}::text[])`;
const textOfKey = ({ sourceNo, code }: TaskIdentity) => `${sourceNo}:${code}`;

interface EventsOf {
  readonly task: TaskKey;
  readonly page: Page;
}

/** All loaders read only tasks that the viewer may see. */
export const taskLoaders = (context: Pick<RequestContext, "session" | "viewer" | "today" | "hierarchy">) => {
  const { session, viewer, today } = context;
  const { rows } = session.scoped(rowScope(viewer));
  const grants = grantsFor(viewer, "VIEWER");
  const officers = grantsFor(viewer, "OFFICER");
  const covered = sql`covered as materialized (${coveredUnits(grants)})`;
  const readable = async <R>(query: RawBuilder<R>): Promise<R[]> => (grants.length === 0 ? [] : rows(query));
  return {
    taskByIdentity: oneBy<TaskIdentity, TaskView & Positioned>(textOfKey, (keys) =>
      readable(sql<TaskView & Positioned>`
        with ${covered}
        select k.i::int, ${taskColumns} from ${keysOf(keys)} with ordinality k(source_id, code, i)
        join task t on t.source_id = k.source_id and t.code = k.code where ${isTaskSeen}`),
    ),

    subtasksOf: manyBy<TaskIdentity, TaskView & Positioned>(textOfKey, (keys) =>
      readable(sql<TaskView & Positioned>`
        with ${covered}
        select k.i::int, ${taskColumns} from ${keysOf(keys)} with ordinality k(source_id, code, i)
        join task t on t.parent_source_id = k.source_id and t.parent_code = k.code where ${isTaskSeen}
        order by k.i, t.assigned_on, t.code, t.source_id`),
    ),

    /** The oldest first, one more than the page has. */
    eventsOf: manyBy<EventsOf, TaskEventView & Positioned>(
      ({ task, page }) => `${textOfKey(task)}|${page.first}|${page.after?.rank ?? ""}`,
      (keys) => readable(eventPages(keys)),
    ),

    /** The units that act for the sides of a task; for viewers with the role OFFICER. */
    authorityOf: fromHierarchy(context, "PUBLISHED", (units, task: TaskView) =>
      officers.length === 0 ? null : authorityOf(units.hierarchy, officers, today, task),
    ),
  };
};

const eventPages = (keys: readonly EventsOf[]) => sql<TaskEventView & Positioned>`
  select k.i::int, e.* from unnest(${keys.map(({ task }) => task.provinceNo)}::int[], ${keys.map(({ task }) => task.sourceNo)}::int[],
    ${keys.map(({ task }) => task.code)}::text[], ${keys.map(({ page }) => page.first + 1)}::int[], ${keys.map(({ page }) => page.after?.rank ?? 0)}::int[])
    with ordinality k(province_id, source_id, code, most, after, i)
  cross join lateral (
    select e.position, ${instant(sql`e.at`, "MS")} as at, ${localDay(sql`e.at`)} as "atOn", ${named(TASK_EVENTS, sql`e.action`)} as action,
      e.unit_id as "unitNo", e.former_lead_id as "formerLeadNo", e.note, e.percent, e.deadline, e.done_on as "doneOn", e.evidence
    from task_event e where e.province_id = k.province_id and e.source_id = k.source_id and e.code = k.code and e.position > k.after
    order by e.position limit k.most
  ) e order by k.i, e.position`;
