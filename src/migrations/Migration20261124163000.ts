import { Migration } from '@mikro-orm/migrations';

export class Migration20261124163000 extends Migration {

  override name = 'Migration20261124163000';

  override up(): void | Promise<void> {
    // The service's role changes the columns that its code changes, and no others.
    this.addSql(`revoke update on "source", "access_key", "edition", "unit", "unit_version", "unit_name" from cchc_service;`);
    this.addSql(`revoke insert on "edition" from cchc_service;`);
    this.addSql(`grant update ("state", "state_at", "reason") on "source" to cchc_service;`);
    this.addSql(`grant update ("hash", "revoked_at") on "access_key" to cchc_service;`);
    this.addSql(`grant update ("contributed") on "edition" to cchc_service;`);
    this.addSql(`grant update ("ended_on") on "unit" to cchc_service;`);
    this.addSql(`grant update ("valid_to", "code") on "unit_version" to cchc_service;`);

    // Figures come with a draft of the caller's scope, not later.
    this.addSql(`drop policy figure_insert on "figure";`);
    this.addSql(`create policy figure_insert on "figure" for insert to cchc_service with check (exists (
      select from "source" s where s."id" = "source_id" and s."state" = 'DRAFT' and viewer_covers(s."unit_id", current_setting('cchc.writes', true))));`);

    // Of units it makes and ends agencies only.
    this.addSql(`alter table "unit_version" enable row level security;`);
    this.addSql(`create policy version_read on "unit_version" for select to cchc_service using (true);`);
    this.addSql(`create policy version_insert on "unit_version" for insert to cchc_service with check ("tier" is null);`);
    this.addSql(`create policy version_update on "unit_version" for update to cchc_service using ("tier" is null) with check ("tier" is null);`);
    this.addSql(`alter table "unit" enable row level security;`);
    this.addSql(`create policy unit_read on "unit" for select to cchc_service using (true);`);
    this.addSql(`create policy unit_insert on "unit" for insert to cchc_service with check ("key" like '%/%');`);
    this.addSql(`create policy unit_update on "unit" for update to cchc_service using ("key" like '%/%') with check ("key" like '%/%');`);

    // A key that was revoked stays so, and grants are of the caller's scope.
    this.addSql(`alter table "access_key" enable row level security;`);
    this.addSql(`create policy key_read on "access_key" for select to cchc_service using (true);`);
    this.addSql(`create policy key_insert on "access_key" for insert to cchc_service with check ("revoked_at" is null);`);
    this.addSql(`create policy key_update on "access_key" for update to cchc_service using ("revoked_at" is null) with check (true);`);
    this.addSql(`alter table "access_grant" enable row level security;`);
    this.addSql(`create policy grant_read on "access_grant" for select to cchc_service using (true);`);
    this.addSql(`create policy grant_insert on "access_grant" for insert to cchc_service with check (viewer_covers("unit_id", current_setting('cchc.writes', true)));`);

    // A table of the session must not stand before ours in what the conditions ask.
    this.addSql(`alter function viewer_covers(int, text) set search_path = pg_catalog, public, pg_temp;`);
    this.addSql(`alter function viewer_units(text) set search_path = pg_catalog, public, pg_temp;`);
  }

}
