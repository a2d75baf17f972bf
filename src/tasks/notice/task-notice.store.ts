import { sql } from "kysely";
import type { Rows } from "../../database/reader.ts";
import type { Day } from "../../lib/time/date.ts";
import { TASK_PROGRESS, type TaskProgress } from "../task-steps.ts";

export const NOTICES = ["OVERDUE", "DUE", "AWAITING_CONFIRMATION"] as const;
export type NoticeKind = (typeof NOTICES)[number];

/** A task of which a unit must take notice: its lead, or while the task waits for confirmation its assigner. */
export interface TaskNotice {
  readonly unit: string;
  readonly unitName: string;
  readonly notice: NoticeKind;
  readonly code: string;
  readonly title: string;
  readonly deadline: Day | null;
  readonly progress: TaskProgress;
  readonly doneOn: Day | null;
  readonly assignerName: string;
  readonly leadName: string;
}

export interface NoticeQuery {
  readonly unitNo: number;
  readonly editionId: number;
  readonly on: Day;
  /** The last deadline that falls due. */
  readonly until: Day;
}

const number = (progress: TaskProgress) => sql.lit(TASK_PROGRESS.indexOf(progress) + 1);

/** Reads the notices of all units within a unit, by code of the unit, then by notice and deadline. A unit that has ended is the one that followed it. */
export const readNotices = ({ rows }: Rows, { unitNo, editionId, on, until }: NoticeQuery): Promise<TaskNotice[]> =>
  rows(sql<TaskNotice>`
    with subtree as materialized (select c.unit_id from contribution c where c.edition_id = ${editionId} and c.target_id = ${unitNo} and c.certain),
    found as materialized (
      select t.*, t.assigner_id as noticed_id, 'AWAITING_CONFIRMATION' as notice from task t
      where t.is_running and t.progress = ${number("AWAITING_CONFIRMATION")} and t.assigned_on <= ${on}::date and t.assigner_id in (select unit_id from subtree)
      union all
      select t.*, t.lead_id, case when t.deadline < ${on}::date then 'OVERDUE' else 'DUE' end from task t
      where t.is_running and t.progress <> ${number("AWAITING_CONFIRMATION")} and t.assigned_on <= ${on}::date and t.deadline <= ${until}::date
        and t.lead_id in (select unit_id from subtree)
    ),
    side as materialized (select noticed_id as id from found union select assigner_id from found union select lead_id from found),
    named as materialized (
      select s.id, v.code, v.full_name as name from side s
      left join contribution c on c.edition_id = ${editionId} and c.unit_id = s.id and c.nearest and c.certain
      cross join lateral (
        select v.code, v.full_name from unit_version v where v.unit_id = coalesce(c.target_id, s.id)
        order by v.valid_from > ${on}::date, abs(v.valid_from - ${on}::date) limit 1
      ) v
    )
    select u.code as unit, u.name as "unitName", f.notice, f.code, f.title, case when isfinite(f.deadline) then f.deadline end as deadline,
      (${sql.lit(`{${TASK_PROGRESS.join()}}`)}::text[])[f.progress] as progress, f.done_on as "doneOn", a.name as "assignerName", l.name as "leadName"
    from found f join named u on u.id = f.noticed_id join named a on a.id = f.assigner_id join named l on l.id = f.lead_id
    order by u.code collate "C", array_position(${[...NOTICES]}::text[], f.notice), f.deadline, f.source_id, f.code`);
