import { Migration } from '@mikro-orm/migrations';

export class Migration20261124191000 extends Migration {

  override name = 'Migration20261124191000';

  override up(): void | Promise<void> {
    // Counters of the running half-month hold what falls due in the days ahead of it. How much that is, by unit and field, is for everybody; which dossiers, is not.
    this.addSql(`create function dossiers_due_ahead(provinces int[], units int[], today date, last_on date)
      returns table (province_id int, unit_id int, slot smallint, field_id int, dossiers bigint) language sql stable security definer
      set search_path = pg_catalog, public, pg_temp as $$
        select d.province_id, d.unit_id, d.slot, d.field_id, count(*) from unnest(provinces, units) u(province_id, unit_id)
        join public.dossier d on d.province_id = u.province_id and d.unit_id = u.unit_id
        where d.received_on is not null and d.ended_on is null and d.due_on >= today and d.due_on < last_on
          and not exists (select from public.dossier_pause p
            where p.province_id = d.province_id and p.source_id = d.source_id and p.code = d.code and p.to_at is null)
        group by d.province_id, d.unit_id, d.slot, d.field_id
      $$;`);
    this.addSql(`revoke execute on function dossiers_due_ahead(int[], int[], date, date) from public;`);
    this.addSql(`grant execute on function dossiers_due_ahead(int[], int[], date, date) to cchc_service;`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop function dossiers_due_ahead(int[], int[], date, date);`);
  }

}
