import { sql } from "kysely";
import type { Rows } from "../../database/reader.ts";
import type { BlockLeaf, BlockSheet } from "./block.ts";

/** The leaves of a rubric, in its order. */
export const readLeaves = ({ rows }: Rows, rubricNo: number): Promise<BlockLeaf[]> =>
  rows(sql<BlockLeaf>`
    select c.position, c.code, c.name, c.max_points as "maxPoints", c.scoring, c.indicator, c.steps from criterion c
    where c.rubric_id = ${rubricNo} and c.scoring is not null order by c.position`);

/** All sheets of a cycle that the scope shows, each with all its leaves, in one statement whatever their number. */
export const readBlock = ({ rows }: Rows, cycleNo: number): Promise<BlockSheet[]> =>
  rows(sql<BlockSheet>`
    with sheet as materialized (select * from score_sheet where cycle_id = ${cycleNo}),
    answered as materialized (
      select a.sheet_id, a.position, sum(a.weighted)::float8 as weighted, sum(a.answers)::float8 as answers
      from survey_answer a where a.sheet_id in (select id from sheet) group by 1, 2
    ),
    scored as (
      select i.sheet_id, json_agg(json_build_array(i.position, i.is_applicable, i.self, i.first, i.second, i.corrected, i.receipt, a.weighted, a.answers)) as items
      from score_item i left join answered a on a.sheet_id = i.sheet_id and a.position = i.position
      where i.sheet_id in (select id from sheet) group by 1
    ),
    adjustment as (
      select d.sheet_id, coalesce(sum(d.points) filter (where d.kind = 'BONUS'), 0)::int as bonus,
        coalesce(sum(d.points) filter (where d.kind = 'PENALTY'), 0)::int as penalty
      from score_adjustment d where d.sheet_id in (select id from sheet) and d.removed_at is null group by 1
    )
    select s.id as no, s.unit_id as "unitNo", s.override_class as override, s.override_reason as "overrideReason",
      coalesce(d.bonus, 0) as bonus, coalesce(d.penalty, 0) as penalty, scored.items
    from sheet s join scored on scored.sheet_id = s.id left join adjustment d on d.sheet_id = s.id order by s.id`);
