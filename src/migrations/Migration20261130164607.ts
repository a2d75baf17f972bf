import { Migration } from '@mikro-orm/migrations';

export class Migration20261130164607 extends Migration {

  override name = 'Migration20261130164607';

  override up(): void | Promise<void> {
    this.addSql(`create table "hierarchy_version" ("id" serial primary key, "version" uuid not null);`);
    this.addSql(`insert into "hierarchy_version" ("id", "version") select 1, gen_random_uuid() where exists (select from "unit");`);
    this.addSql(`grant select, insert, update ("version") on "hierarchy_version" to cchc_service;`);
    this.addSql(`drop table "unit_name";`);
  }

  override down(): void | Promise<void> {
    this.addSql(`create table "unit_name" ("id" serial primary key, "unit_id" int not null, "known_from" date not null, "own_until" date null, "words" text not null, "full_words" text not null, "full_name" text not null);`);
    this.addSql(`drop table if exists "hierarchy_version" cascade;`);
  }

}
