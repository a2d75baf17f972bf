import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import type { Staged } from "../../imports/stage.ts";

/** Counts how many tasks of the source each lead has, and notes the first day of these and the time of the last import. */
export const noteLeads = async (
  em: EntityManager,
  { sourceId }: Pick<Staged, "sourceId">,
  at: Date,
  leads: readonly number[],
): Promise<void> => {
  const lead = sql`${[...leads]}::int[]`;
  const time = sql`${at.toISOString()}::timestamptz`;
  await sql`
    update record_unit u set records = 0, first_on = null, last_import_at = greatest(u.last_import_at, ${time})
    where u.kind = 'TASKS' and u.source_id = ${sourceId} and u.unit_id = any(${lead})`.execute(em.getKysely());
  await sql`
    insert into record_unit as u (province_id, unit_id, kind, source_id, records, first_on, last_import_at)
    select t.province_id, t.lead_id, 'TASKS', t.source_id, count(*), min(t.assigned_on), ${time} from task t
    where t.source_id = ${sourceId} and t.lead_id = any(${lead}) group by 1, 2, 4 order by 1, 2
    on conflict (province_id, unit_id, kind, source_id) do update set records = excluded.records, first_on = excluded.first_on,
      last_import_at = greatest(u.last_import_at, excluded.last_import_at)`.execute(em.getKysely());
};
