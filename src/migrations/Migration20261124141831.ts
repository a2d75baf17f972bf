import { Migration } from '@mikro-orm/migrations';

export class Migration20261124141831 extends Migration {

  override name = 'Migration20261124141831';

  override up(): void | Promise<void> {
    this.addSql(`create table "access_key" ("id" serial primary key, "key" text not null, "name" text not null, "hash" text not null, "created_at" timestamptz not null, "expires_at" timestamptz not null, "revoked_at" timestamptz null);`);
    this.addSql(`comment on column "access_key"."key" is 'Public id, by which it is listed, rotated and revoked';`);
    this.addSql(`comment on column "access_key"."hash" is 'SHA-256 of the secret, in hex';`);
    this.addSql(`alter table "access_key" add constraint "access_key_key_unique" unique ("key");`);
    this.addSql(`alter table "access_key" add constraint "access_key_hash_unique" unique ("hash");`);

    this.addSql(`create table "audit_entry" ("province_id" int not null, "id" bigserial not null, "key" text not null, "at" timestamptz(6) not null, "actor" text not null, "actor_name" text not null, "operation" text not null, "unit_id" int null, "subject" text null, "before" jsonb null, "after" jsonb null, primary key ("province_id", "id"));`);
    this.addSql(`comment on column "audit_entry"."province_id" is 'Number of the province of the unit; 0 where the operation concerns none';`);
    this.addSql(`comment on column "audit_entry"."subject" is 'Public id of what was changed';`);
    this.addSql(`create index "audit_entry_province_id_at_index" on "audit_entry" ("province_id", "at");`);
    this.addSql(`create index "audit_entry_unit_id_index" on "audit_entry" ("unit_id");`);
    this.addSql(`alter table "audit_entry" add constraint "audit_entry_province_id_key_unique" unique ("province_id", "key");`);

    this.addSql(`create table "access_grant" ("access_key_id" int not null, "unit_id" int not null, "role" text not null, primary key ("access_key_id", "unit_id", "role"));`);

    this.addSql(`alter table "rollup_set" drop constraint "rollup_set_edition_id_period_from_period_to_cell__29c28_unique";`);
    this.addSql(`alter table "rollup_set" add "drafts" text not null default '';`);
    this.addSql(`comment on column "rollup_set"."drafts" is 'Numbers of the drafts that are counted besides what is published, by commas';`);
    this.addSql(`alter table "rollup_set" add constraint "rollup_set_edition_id_period_from_period_to_cell__f0254_unique" unique ("edition_id", "period_from", "period_to", "cell_edition_id", "drafts");`);

    this.addSql(`alter table "source" add "state" text not null default 'PUBLISHED', add "supersedes_id" int null, add "reason" text null, add "submitted_at" timestamptz null, add "state_at" timestamptz null, add "submitted_by" text null, add "idempotency_key" text null, add "digest" text null;`);
    this.addSql(`comment on column "source"."supersedes_id" is 'The report that this one corrects';`);
    this.addSql(`comment on column "source"."reason" is 'Why it was withdrawn';`);
    this.addSql(`comment on column "source"."state_at" is 'When it came into its present state';`);
    this.addSql(`comment on column "source"."submitted_by" is 'Actor whose idempotency key it is';`);
    this.addSql(`comment on column "source"."digest" is 'SHA-256 of what was submitted';`);
    this.addSql(`alter table "source" add constraint "source_supersedes_id_foreign" foreign key ("supersedes_id") references "source" ("id") on delete set null;`);
    this.addSql(`create index "source_state_unit_id_index" on "source" ("state", "unit_id");`);
    this.addSql(`create index "source_supersedes_id_index" on "source" ("supersedes_id");`);
    this.addSql(`alter table "source" add constraint "source_submitted_by_idempotency_key_unique" unique ("submitted_by", "idempotency_key");`);

    this.addSql(`alter table "access_grant" add constraint "access_grant_access_key_id_foreign" foreign key ("access_key_id") references "access_key" ("id") on delete cascade;`);
    this.addSql(`alter table "access_grant" add constraint "access_grant_unit_id_foreign" foreign key ("unit_id") references "unit" ("id");`);

    // What the service's role may do. Its reports, units and audit trail are never deleted; the trail is never changed.
    this.addSql(`grant usage on schema public to cchc_service;`);
    this.addSql(`grant select on all tables in schema public to cchc_service;`);
    this.addSql(`grant usage on all sequences in schema public to cchc_service;`);
    this.addSql(`grant insert, update, delete on "contribution", "rollup_set", "dossier_rollup", "task_rollup", "service_rollup", "rollup_source" to cchc_service;`);
    this.addSql(`grant insert, update on "edition", "source", "unit", "unit_version", "unit_name" to cchc_service;`);
    this.addSql(`grant insert on "figure", "audit_entry", "access_grant" to cchc_service;`);
    this.addSql(`grant insert, update on "access_key" to cchc_service;`);

    // Only the owner of a table may analyze it.
    this.addSql(`create function analyze_contribution() returns void language plpgsql security definer set search_path = pg_catalog, public as $$ begin analyze public.contribution; end $$;`);
    this.addSql(`revoke all on function analyze_contribution() from public;`);
    this.addSql(`grant execute on function analyze_contribution() to cchc_service;`);

    // The second wall: what is not published is hidden from the service's role but for the grants of the transaction, written unit:edition.
    this.addSql(`create function viewer_covers(unit int, grants text) returns boolean language sql stable as $$
      select exists (
        select from regexp_split_to_table(nullif(grants, ''), ',') g(entry)
        join contribution c on c.edition_id = split_part(g.entry, ':', 2)::int and c.target_id = split_part(g.entry, ':', 1)::int
        where c.unit_id = unit and c.certain)
    $$;`);
    this.addSql(`alter table "source" enable row level security;`);
    this.addSql(`create policy source_read on "source" for select to cchc_service using ("state" = 'PUBLISHED' or viewer_covers("unit_id", current_setting('cchc.reads', true)));`);
    this.addSql(`create policy source_insert on "source" for insert to cchc_service with check (viewer_covers("unit_id", current_setting('cchc.writes', true)));`);
    this.addSql(`create policy source_update on "source" for update to cchc_service using (viewer_covers("unit_id", current_setting('cchc.writes', true)))
      with check (viewer_covers("unit_id", current_setting('cchc.writes', true)));`);
    this.addSql(`alter table "figure" enable row level security;`);
    this.addSql(`create policy figure_read on "figure" for select to cchc_service using ("source_id" in (select "id" from "source"));`);
    this.addSql(`create policy figure_insert on "figure" for insert to cchc_service with check ("source_id" in (select "id" from "source"));`);
    this.addSql(`alter table "audit_entry" enable row level security;`);
    this.addSql(`create policy audit_read on "audit_entry" for select to cchc_service using (viewer_covers("unit_id", current_setting('cchc.reads', true)));`);
    this.addSql(`create policy audit_append on "audit_entry" for insert to cchc_service with check (true);`);
  }

}
