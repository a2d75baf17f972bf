import { Migration } from '@mikro-orm/migrations';

const PARTS = ["dossier_rollup", "task_rollup", "service_rollup", "rollup_source", "rollup_knowledge"];

export class Migration20261129214000 extends Migration {

  override name = 'Migration20261129214000';

  override up(): void | Promise<void> {
    // Sets that tell of drafts have numbers below 0, so that what is read of the others costs no look-up.
    this.addSql(`delete from "rollup_set" where split_part("drafts", ' ', 1) <> '';`);
    this.addSql(`comment on column "rollup_set"."id" is 'Below 0 where drafts are counted, too';`);
    this.addSql(`alter table "rollup_set" add constraint "rollup_set_drafts_check" check (("id" < 0) = (split_part("drafts", ' ', 1) <> ''));`);
    this.addSql(`create function viewer_sees_drafts(drafts text, grants text) returns boolean language sql stable set search_path = pg_catalog, public, pg_temp as $$
      select coalesce(grants, '') <> '' and not exists (
        select from unnest(string_to_array(split_part(drafts, ' ', 1), ',')::int[]) d(id)
        where not exists (select from public.source s where s.id = d.id and public.viewer_covers(s.unit_id, grants)))
    $$;`);
    for (const part of PARTS) {
      this.addSql(`alter table "${part}" enable row level security;`);
      this.addSql(`create policy ${part}_read on "${part}" for select to cchc_service using ("set_id" > 0 or "set_id" in (
        select "id" from "rollup_set" where "id" < 0 and viewer_sees_drafts("drafts", current_setting('cchc.reads', true))));`);
      this.addSql(`create policy ${part}_insert on "${part}" for insert to cchc_service with check (true);`);
      // They go with their set.
      this.addSql(`revoke update, delete on "${part}" from cchc_service;`);
    }
  }

  override down(): void | Promise<void> {
    for (const part of PARTS) {
      this.addSql(`drop policy ${part}_read on "${part}";`);
      this.addSql(`drop policy ${part}_insert on "${part}";`);
      this.addSql(`alter table "${part}" disable row level security;`);
      this.addSql(`grant update, delete on "${part}" to cchc_service;`);
    }
    this.addSql(`drop function viewer_sees_drafts(text, text);`);
    this.addSql(`delete from "rollup_set" where "id" < 0;`);
    this.addSql(`alter table "rollup_set" drop constraint "rollup_set_drafts_check";`);
  }

}
