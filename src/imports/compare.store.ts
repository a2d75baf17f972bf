import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { coveredBy } from "../access/scope.ts";
import type { RecordKind } from "../counters/record.entity.ts";
import { isOfImport, type Staged, STATUSES } from "./stage.ts";

/** Where the records of a kind are stored, and the column of the unit in which they count. */
export interface RecordTable {
  readonly kind: RecordKind;
  readonly table: string;
  readonly unit: string;
}

/** The condition that record `d` belongs to the source, limited to the few provinces with its records. */
export const isOfSource = ({ kind }: Pick<RecordTable, "kind">, { sourceId }: Pick<Staged, "sourceId">) => sql`d.source_id = ${sourceId}
  and d.province_id in (select province_id from record_unit where source_id = ${sourceId} and kind = ${sql.lit(kind)})`;

/** Of rows with one code the latest counts; rows with equal updatedAt and different contents are all refused, because either may be correct. */
export const judgeRepeated = async (em: EntityManager, staged: Staged): Promise<void> => {
  await sql`
    with twice as materialized (select s.code from ${staged.stage} s where ${isOfImport(staged)} and s.status <> ${sql.lit(STATUSES.REJECTED)} group by s.code having count(*) > 1),
    judged as materialized (
      select s.row, row_number() over (partition by s.code order by s.updated_at desc, s.row) as place,
        max(s.updated_at) over (partition by s.code) = s.updated_at as is_latest,
        min(s.digest::text) over same <> max(s.digest::text) over same as is_torn
      from ${staged.stage} s join twice t on t.code = s.code where ${isOfImport(staged)} and s.status <> ${sql.lit(STATUSES.REJECTED)}
      window same as (partition by s.code, s.updated_at)
    )
    update ${staged.stage} s set problem = case when j.is_torn and j.is_latest then 'CONFLICT' end, status = case when j.is_torn and j.is_latest then ${sql.lit(STATUSES.REJECTED)}
        when j.is_latest then ${sql.lit(STATUSES.UNCHANGED)} else ${sql.lit(STATUSES.STALE)} end
    from judged j where ${isOfImport(staged)} and s.row = j.row and (j.place > 1 or j.is_torn)`.execute(em.getKysely());
};

/** Gives rows whose record is stored their status and the province of the record. The caller holds the lock of the source. */
export const compareWithStored = async (em: EntityManager, records: RecordTable, staged: Staged): Promise<void> => {
  const isOutside = staged.grants === null ? sql`false` : sql`not ${coveredBy(staged.grants, sql.ref(`d.${records.unit}`))}`;
  // A separate query makes Citus send the stage to the records and not the records to the stage; it runs once, although the planner has no statistics of the stage.
  await sql`
    with k as materialized (
      select s.row, d.province_id,
        case when ${isOutside} then ${sql.lit(STATUSES.REJECTED)}
          when d.updated_at > s.updated_at then ${sql.lit(STATUSES.STALE)}
          when d.updated_at < s.updated_at then ${sql.lit(STATUSES.UPDATED)}
          when d.digest = s.digest then ${sql.lit(STATUSES.UNCHANGED)} else ${sql.lit(STATUSES.REJECTED)} end as status,
        case when ${isOutside} then 'OUTSIDE_SCOPE' when d.updated_at = s.updated_at and d.digest <> s.digest then 'CONFLICT' end as problem
      from ${staged.stage} s join ${sql.table(records.table)} d on d.code = s.code
      where ${isOfImport(staged)} and s.status = ${sql.lit(STATUSES.CREATED)} and ${isOfSource(records, staged)}
    )
    update ${staged.stage} s set province_id = k.province_id, status = k.status, problem = k.problem from k
    where ${isOfImport(staged)} and s.row = k.row`.execute(em.getKysely());
};
