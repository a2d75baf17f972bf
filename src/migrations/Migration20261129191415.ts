import { Migration } from '@mikro-orm/migrations';

export class Migration20261129191415 extends Migration {

  override name = 'Migration20261129191415';

  override up(): void | Promise<void> {
    this.addSql(`create table "rollup_version" ("id" bigserial primary key, "place_id" int not null, "starts_on" date not null, "version" bigint not null);`);
    this.addSql(`comment on column "rollup_version"."place_id" is 'A province, or what is at the top where units are in none; 0 for reports and contributions, -1 for units';`);
    this.addSql(`comment on column "rollup_version"."starts_on" is 'First day of the month from which on something changed';`);
    this.addSql(`create index "rollup_version_place_id_starts_on_index" on "rollup_version" ("place_id", "starts_on");`);
    this.addSql(`alter table "rollup_set" add "places" int[] not null default '{}', add "version" bigint not null default '0';`);
    this.addSql(`comment on column "rollup_set"."places" is 'Places of rollup_version whose records it rests on';`);
    this.addSql(`comment on column "rollup_set"."version" is 'The version of the places in the snapshot that it was made of';`);
    // Those of before do not say what they rest on.
    this.addSql(`delete from "rollup_set" where "recorded";`);
    this.addSql(`grant select, insert, update, delete on "rollup_version" to cchc_service;`);
    this.addSql(`grant usage on sequence "rollup_version_id_seq" to cchc_service;`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table if exists "rollup_version" cascade;`);
    this.addSql(`alter table "rollup_set" drop column "places", drop column "version";`);
  }

}
