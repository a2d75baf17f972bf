import { type RawBuilder, sql } from "kysely";
import { coveredBy } from "../../access/scope.ts";
import type { Grant } from "../../access/viewer.ts";
import type { Rows } from "../../database/reader.ts";
import type { BlockSheet } from "./block.ts";

interface Seen {
  /** For a caller who sees some leaves `i` alone, and no sum: which. */
  readonly leaves?: RawBuilder<boolean>;
}

/** The sheets `s` that meet a condition, each with its leaves, in one statement whatever their number. */
export const readSheets = ({ rows }: Rows, condition: RawBuilder<boolean>, { leaves }: Seen = {}): Promise<BlockSheet[]> => {
  const isWhole = leaves ? sql`false` : sql`true`;
  return rows(sql<BlockSheet>`
    select s.id as no, s.unit_id as "unitNo", s.override_class as override, s.override_reason as "overrideReason", a.bonus, a.penalty, l.scores, v.surveys
    from score_sheet s
    cross join lateral (
      select json_build_object('positions', coalesce(array_agg(i.position), '{}'), 'self', array_agg(i.self), 'first', array_agg(i.first), 'second', array_agg(i.second),
        'corrected', array_agg(i.corrected), 'inapplicable', array_agg(i.position) filter (where not i.is_applicable),
        'receipts', json_object_agg(i.position, i.receipt) filter (where i.receipt is not null)) as scores
      from (
        select i.position, i.is_applicable, i.self, i.first, i.second, i.corrected, i.receipt from score_item i
        where i.sheet_id = s.id and ${leaves ?? isWhole} order by i.position
      ) i
    ) l
    cross join lateral (
      select json_object_agg(g.position, json_build_array(g.weighted, g.answers)) as surveys
      from (select position, sum(weighted)::float8 as weighted, sum(answers)::float8 as answers from survey_answer
        where sheet_id = s.id and ${isWhole} group by 1) g
    ) v
    cross join lateral (
      select coalesce(sum(d.points) filter (where d.kind = 'BONUS'), 0)::int as bonus,
        coalesce(sum(d.points) filter (where d.kind = 'PENALTY'), 0)::int as penalty
      from score_adjustment d where d.sheet_id = s.id and d.removed_at is null and ${isWhole}
    ) a
    where ${condition} order by s.id`);
};

/** The sheets of a cycle: all that the rows show, or those of units that the grants cover. */
export const readBlock = (rows: Rows, cycleNo: number, grants: readonly Grant[] | null = null): Promise<BlockSheet[]> =>
  readSheets(rows, sql<boolean>`s.cycle_id = ${cycleNo} and ${grants === null ? sql`true` : coveredBy(grants, sql`s.unit_id`)}`);
