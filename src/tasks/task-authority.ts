import { type RawBuilder, sql } from "kysely";
import { coveredBy } from "../access/scope.ts";
import type { Grant } from "../access/viewer.ts";
import type { Positioned } from "../database/loader.ts";
import type { Rows } from "../database/reader.ts";
import { inForceOn } from "../hierarchy/sql.ts";
import type { Day } from "../lib/time/date.ts";
import type { TaskSide } from "./task-steps.ts";

/** The units that act for the two sides of a task, and whether the caller covers them. */
export interface TaskAuthority {
  readonly leadNo: number;
  /** The assigner, or the unit that stands in for it. */
  readonly assignerNo: number;
  readonly isForLead: boolean;
  readonly isForAssigner: boolean;
  /** True where the lead has ended and no one unit has followed it. */
  readonly isLeadSplit: boolean;
}

/** The country as a grant of today's edition, in the form of a RowScope. */
export const countryEntry = (today: Day | RawBuilder<unknown>) => sql<string>`(
  select v.unit_id || ':' || e.id from edition e, unit_version v where v.tier = 'COUNTRY' and ${inForceOn(sql`${today}::date`)} limit 1)`;

export const readCountry = async ({ rows }: Rows, today: Day): Promise<string> =>
  (await rows(sql<{ entry: string }>`select ${countryEntry(today)} as entry`))[0]!.entry;

interface Sides {
  readonly leadNo: number;
  readonly assignerNo: number;
}

export const sidesOf = ({ isForLead, isForAssigner }: TaskAuthority): TaskSide[] => [
  ...(isForLead ? (["LEAD"] as const) : []),
  ...(isForAssigner ? (["ASSIGNER"] as const) : []),
];

const lastParent = (unit: RawBuilder<unknown>, today: Day) => sql`(select v.parent_id from unit u
  join unit_version v on v.unit_id = u.id and v.valid_to = u.ended_on where u.id = ${unit} and u.ended_on <= ${today}::date)`;

/**
 * Of tasks with these leads and assigners, in their order. For an assigner that has ended and was split, the unit above it on its last day stands in,
 * and so on upwards.
 */
export const readAuthorities = (
  { rows }: Rows,
  grants: readonly Grant[],
  today: Day,
  tasks: readonly Sides[],
): Promise<(TaskAuthority & Positioned)[]> => {
  const sides = sql`
    select i::int, lead_id, assigner_id from unnest(${tasks.map(({ leadNo }) => leadNo)}::int[], ${tasks.map(({ assignerNo }) => assignerNo)}::int[])
      with ordinality s(lead_id, assigner_id, i)`;
  return rows(sql<TaskAuthority & Positioned>`
    with recursive ${authorityTables(today, sides)} select a.i, ${authorityColumns(grants)} from authority a order by a.i`);
};

/** Of authority `a`. */
const authorityColumns = (grants: readonly Grant[]) => sql`a.lead_id as "leadNo", a.assigner_id as "assignerNo",
  ${coveredBy(grants, sql`a.lead_id`)} as "isForLead", ${coveredBy(grants, sql`a.assigner_id`)} as "isForAssigner", a.is_lead_split as "isLeadSplit"`;

/** The tables of a recursive WITH, of which `authority` has a row for each of `sides`: rows of (i, lead_id, assigner_id). */
const authorityTables = (today: Day, sides: RawBuilder<unknown>): RawBuilder<unknown> => sql`
    task_side as materialized (${sides}),
    above as (
      select side.unit_id, ${lastParent(sql`side.unit_id`, today)} as parent_id
      from (select lead_id as unit_id from task_side union select assigner_id from task_side) side
      union
      select a.parent_id, ${lastParent(sql`a.parent_id`, today)} from above a where a.parent_id is not null
    ),
    split as materialized (
      select a.unit_id as id, a.parent_id from above a where a.parent_id is not null and not exists (
        select from contribution c where c.edition_id = (select e.id from edition e where ${inForceOn(sql`${today}::date`)})
          and c.unit_id = a.unit_id and c.nearest and c.certain)
    ),
    standing as (
      select i, assigner_id as unit_id, 0 as steps from task_side
      union all
      select s.i, p.parent_id, s.steps + 1 from standing s join split p on p.id = s.unit_id where p.parent_id is not null
    ),
    acting as (select distinct on (i) i, unit_id from standing order by i, steps desc),
    authority as materialized (
      select t.i, t.lead_id, a.unit_id as assigner_id, t.lead_id in (select id from split) as is_lead_split
      from task_side t join acting a on a.i = t.i
    )`;
