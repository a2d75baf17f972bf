import { Migration } from '@mikro-orm/migrations';

export class Migration20261129213500 extends Migration {

  override name = 'Migration20261129213500';

  override up(): void | Promise<void> {
    // Hashes of secrets are read by nobody: one is asked for, and changed for keys of the caller's scope.
    this.addSql(`revoke select on "access_key" from cchc_service;`);
    this.addSql(`revoke update ("hash", "former_hash", "former_until") on "access_key" from cchc_service;`);
    this.addSql(`grant select ("id", "key", "name", "created_at", "expires_at", "revoked_at", "maker_id", "maker_token", "former_until") on "access_key" to cchc_service;`);
    this.addSql(`create function access_key_of(secret_hash text, at timestamptz) returns int language sql stable security definer
      set search_path = pg_catalog, public, pg_temp as $$
        select k.id from public.access_key k where k.hash = secret_hash or (k.former_hash = secret_hash and k.former_until > at)
      $$;`);
    this.addSql(`revoke all on function access_key_of(text, timestamptz) from public;`);
    this.addSql(`grant execute on function access_key_of(text, timestamptz) to cchc_service;`);

    this.addSql(`create function viewer_keeps_key(key_id int, grants text) returns boolean language sql stable set search_path = pg_catalog, public, pg_temp as $$
      select coalesce(grants, '') <> '' and not exists (
        select from public.access_grant g where g.access_key_id = key_id and not public.viewer_covers(g.unit_id, grants))
    $$;`);
    this.addSql(`drop policy key_insert on "access_key";`);
    this.addSql(`create policy key_insert on "access_key" for insert to cchc_service
      with check ("revoked_at" is null and coalesce(current_setting('cchc.writes', true), '') <> '');`);
    this.addSql(`drop policy key_update on "access_key";`);
    this.addSql(`create policy key_update on "access_key" for update to cchc_service
      using ("revoked_at" is null and viewer_keeps_key("id", current_setting('cchc.writes', true))) with check (true);`);

    // Commands run for the owner, in whose sessions no role is taken.
    this.addSql(`create function rotate_access_key(key_id text, new_hash text, accepted_until timestamptz) returns boolean language sql security definer
      set search_path = pg_catalog, public, pg_temp as $$
        update public.access_key k set hash = new_hash, former_hash = case when accepted_until is not null then k.hash end,
          former_until = case when accepted_until is not null then least(accepted_until, k.expires_at) end
        where k.key = key_id and k.revoked_at is null and (public.viewer_keeps_key(k.id, current_setting('cchc.writes', true))
          or (current_setting('role') = 'none' and pg_has_role(session_user, current_user, 'MEMBER')))
        returning true
      $$;`);
    this.addSql(`revoke all on function rotate_access_key(text, text, timestamptz) from public;`);
    this.addSql(`grant execute on function rotate_access_key(text, text, timestamptz) to cchc_service;`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop function rotate_access_key(text, text, timestamptz);`);
    this.addSql(`drop policy key_update on "access_key";`);
    this.addSql(`create policy key_update on "access_key" for update to cchc_service using ("revoked_at" is null) with check (true);`);
    this.addSql(`drop policy key_insert on "access_key";`);
    this.addSql(`create policy key_insert on "access_key" for insert to cchc_service with check ("revoked_at" is null);`);
    this.addSql(`drop function viewer_keeps_key(int, text);`);
    this.addSql(`drop function access_key_of(text, timestamptz);`);
    this.addSql(`grant select on "access_key" to cchc_service;`);
    this.addSql(`grant update ("hash", "revoked_at", "former_hash", "former_until") on "access_key" to cchc_service;`);
  }

}
