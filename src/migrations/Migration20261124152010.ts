import { Migration } from '@mikro-orm/migrations';

export class Migration20261124152010 extends Migration {

  override name = 'Migration20261124152010';

  override up(): void | Promise<void> {
    // Closing an agency says who succeeds it.
    this.addSql(`grant insert on "succession" to cchc_service;`);

    // Units are never deleted; a closed agency only loses the versions that it would have had later.
    this.addSql(`create function drop_agency_versions(agency int, ended date) returns void language sql security definer set search_path = pg_catalog, public as $$
      delete from public.unit_version where unit_id = agency and tier is null and valid_from >= ended
    $$;`);
    this.addSql(`revoke all on function drop_agency_versions(int, date) from public;`);
    this.addSql(`grant execute on function drop_agency_versions(int, date) to cchc_service;`);
  }

}
