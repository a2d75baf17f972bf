import { sql } from "kysely";
import type { Rows } from "../../database/reader.ts";
import type { BlockItem, BlockLeaf, BlockSheet } from "./block.ts";

/** The leaves of a rubric, in its order. */
export const readLeaves = ({ rows }: Rows, rubricNo: number): Promise<BlockLeaf[]> =>
  rows(sql<BlockLeaf>`
    select c.position, c.code, c.name, c.max_points as "maxPoints", c.scoring, c.indicator, c.steps from criterion c
    where c.rubric_id = ${rubricNo} and c.scoring is not null order by c.position`);

type SheetRow = Omit<BlockSheet, "items"> & { readonly scores: readonly BlockItem[] };

/** All sheets of a cycle that the scope shows, each with all its leaves, in one statement whatever their number. */
export const readBlock = async ({ rows }: Rows, cycleNo: number): Promise<BlockSheet[]> => {
  const found = await rows(sql<SheetRow>`
    with answered as (
      select a.sheet_id, a.position, sum(a.weighted)::float8 as weighted, sum(a.answers)::float8 as answers
      from survey_answer a join score_sheet s on s.id = a.sheet_id where s.cycle_id = ${cycleNo} group by 1, 2
    ),
    scored as (
      select i.sheet_id, json_agg(json_build_object('position', i.position, 'isApplicable', i.is_applicable, 'self', i.self, 'first', i.first, 'second', i.second,
        'corrected', i.corrected, 'receipt', i.receipt, 'weighted', a.weighted, 'answers', a.answers)) as scores
      from score_item i join score_sheet s on s.id = i.sheet_id left join answered a on a.sheet_id = i.sheet_id and a.position = i.position
      where s.cycle_id = ${cycleNo} group by 1
    ),
    adjustment as (
      select d.sheet_id, coalesce(sum(d.points) filter (where d.kind = 'BONUS'), 0)::int as bonus,
        coalesce(sum(d.points) filter (where d.kind = 'PENALTY'), 0)::int as penalty
      from score_adjustment d join score_sheet s on s.id = d.sheet_id where s.cycle_id = ${cycleNo} and d.removed_at is null group by 1
    )
    select s.id as no, s.unit_id as "unitNo", s.override_class as override, s.override_reason as "overrideReason",
      coalesce(d.bonus, 0) as bonus, coalesce(d.penalty, 0) as penalty, scored.scores
    from score_sheet s join scored on scored.sheet_id = s.id left join adjustment d on d.sheet_id = s.id
    where s.cycle_id = ${cycleNo} order by s.id`);
  return found.map(({ scores, ...sheet }) => ({ ...sheet, items: scores }));
};
