import { Migration } from '@mikro-orm/migrations';

export class Migration20261124190000 extends Migration {

  override name = 'Migration20261124190000';

  override up(): void | Promise<void> {
    // Whether records are complete is public; it is stated by whoever administers the unit.
    this.addSql(`alter table "record_range" enable row level security;`);
    this.addSql(`create policy range_read on "record_range" for select to cchc_service using (true);`);
    this.addSql(`create policy range_insert on "record_range" for insert to cchc_service
      with check ("unit_id" in (select viewer_units(current_setting('cchc.writes', true))));`);
    this.addSql(`create policy range_update on "record_range" for update to cchc_service using ("unit_id" in (select viewer_units(current_setting('cchc.writes', true))))
      with check ("unit_id" in (select viewer_units(current_setting('cchc.writes', true))));`);
    this.addSql(`create policy range_delete on "record_range" for delete to cchc_service using ("unit_id" in (select viewer_units(current_setting('cchc.writes', true))));`);

    // The work calendar is the country's.
    this.addSql(`alter table "work_calendar_day" enable row level security;`);
    this.addSql(`create policy calendar_read on "work_calendar_day" for select to cchc_service using (true);`);
    this.addSql(`create policy calendar_write on "work_calendar_day" for all to cchc_service using (exists (
      select from "unit_version" v where v."tier" = 'COUNTRY' and viewer_covers(v."unit_id", current_setting('cchc.writes', true))));`);
  }

}
