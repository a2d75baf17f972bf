import { Migration } from '@mikro-orm/migrations';

export class Migration20261128090000 extends Migration {

  override name = 'Migration20261128090000';

  override up(): void | Promise<void> {
    // Retractions did not lower the numbers of records, nor let the first day move on.
    this.addSql(`update record_unit u set records = d.records, first_on = d.first_on
      from (select province_id, unit_id, source_id, count(received_on)::int as records, min(received_on) as first_on from dossier group by 1, 2, 3) d
      where u.kind = 'DOSSIERS' and u.province_id = d.province_id and u.unit_id = d.unit_id and u.source_id = d.source_id
        and (u.records <> d.records or u.first_on is distinct from d.first_on);`);
    this.addSql(`update record_unit u set records = 0, first_on = null where u.kind = 'DOSSIERS' and (u.records <> 0 or u.first_on is not null)
      and not exists (select from dossier d where d.province_id = u.province_id and d.unit_id = u.unit_id and d.source_id = u.source_id);`);
  }

  override down(): void | Promise<void> {
    // What was wrong is not made wrong again.
  }

}
