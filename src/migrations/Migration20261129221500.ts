import { Migration } from '@mikro-orm/migrations';

const WITHIN_SCOPE = `coalesce(current_setting('cchc.reads', true), '') <> ''`;
const COUNTERS = {
  dossier_unit_count: `"grain" > 0 or ${WITHIN_SCOPE}`,
  dossier_tree_count: `"grain" > 0 or ${WITHIN_SCOPE}`,
  dossier_count: WITHIN_SCOPE,
};

export class Migration20261129221500 extends Migration {

  override name = 'Migration20261129221500';

  override up(): void | Promise<void> {
    // Counters of single days, and those by field, are seen within a scope only. A statement that needs them outside of one would count too few,
    // and fails instead.
    this.addSql(`create function counters_are_readable() returns boolean language plpgsql volatile set search_path = pg_catalog, public, pg_temp as $$ begin
      if row_security_active('public.dossier_unit_count') and coalesce(current_setting('cchc.reads', true), '') = '' then
        raise insufficient_privilege using message = 'counters of single days, and by field, are read within a scope only';
      end if;
      return true;
    end $$;`);
    for (const [table, seen] of Object.entries(COUNTERS)) {
      this.addSql(`alter table "${table}" enable row level security;`);
      this.addSql(`create policy ${table}_read on "${table}" for select to cchc_service using (${seen});`);
      this.addSql(`create policy ${table}_insert on "${table}" for insert to cchc_service with check (true);`);
      this.addSql(`create policy ${table}_update on "${table}" for update to cchc_service using (true) with check (true);`);
      this.addSql(`create policy ${table}_delete on "${table}" for delete to cchc_service using (true);`);
    }
  }

  override down(): void | Promise<void> {
    for (const table of Object.keys(COUNTERS)) {
      for (const kind of ["read", "insert", "update", "delete"]) this.addSql(`drop policy ${table}_${kind} on "${table}";`);
      this.addSql(`alter table "${table}" disable row level security;`);
    }
    this.addSql(`drop function counters_are_readable();`);
  }

}
