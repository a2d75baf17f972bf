import { Migration } from '@mikro-orm/migrations';

export class Migration20261122111240 extends Migration {

  override name = 'Migration20261122111240';

  override up(): void | Promise<void> {
    this.addSql(`create table "contribution" ("edition_id" int not null, "target_id" int not null, "unit_id" int not null, "certain" boolean not null, "nearest" boolean not null, primary key ("edition_id", "target_id", "unit_id"));`);
    this.addSql(`comment on column "contribution"."nearest" is 'No smaller unit of the edition is contributed to below this target';`);
    this.addSql(`create index "contribution_edition_id_unit_id_index" on "contribution" ("edition_id", "unit_id");`);

    this.addSql(`create table "edition" ("id" serial primary key, "starts_on" date not null, "contributed" boolean not null default false);`);
    this.addSql(`comment on column "edition"."contributed" is 'Whether the contributions to it are stored';`);
    this.addSql(`alter table "edition" add constraint "edition_starts_on_unique" unique ("starts_on");`);

    this.addSql(`create table "rollup_set" ("id" serial primary key, "edition_id" int not null, "period_from" date not null, "period_to" date not null, "cell_edition_id" int not null, "rows" int not null);`);
    this.addSql(`alter table "rollup_set" add constraint "rollup_set_edition_id_period_from_period_to_cell__29c28_unique" unique ("edition_id", "period_from", "period_to", "cell_edition_id");`);

    this.addSql(`create table "dossier_rollup" ("set_id" int not null, "unit_id" int not null, "slot" text not null, "covered" int not null, "known" int not null, "exact" boolean not null, "possible" jsonb null, "quoted" jsonb null, "received" bigint null, "received_online" bigint null, "received_direct" bigint null, "received_postal" bigint null, "carried_over" bigint null, "resolved" bigint null, "resolved_early" bigint null, "resolved_on_time" bigint null, "resolved_overdue" bigint null, "in_process" bigint null, "in_process_not_due" bigint null, "in_process_overdue" bigint null, "on_time_rate_part" bigint null, "on_time_rate_of" bigint null, "on_time_rate_whole" bigint null, "on_time_handled_rate_part" bigint null, "on_time_handled_rate_of" bigint null, "on_time_handled_rate_whole" bigint null, "online_rate_part" bigint null, "online_rate_of" bigint null, "online_rate_whole" bigint null, "overdue_rate_part" bigint null, "overdue_rate_of" bigint null, "overdue_rate_whole" bigint null, primary key ("set_id", "unit_id", "slot"));`);
    this.addSql(`comment on column "dossier_rollup"."slot" is 'Tier of the handling units, or ALL';`);
    this.addSql(`comment on column "dossier_rollup"."covered" is 'Units of which something is known';`);
    this.addSql(`comment on column "dossier_rollup"."known" is 'Bit n: measure n is known of every covered unit';`);
    this.addSql(`comment on column "dossier_rollup"."possible" is 'What may belong here besides, by column';`);

    this.addSql(`create table "rollup_source" ("id" serial primary key, "set_id" int not null, "kind" text not null, "slot" text not null, "unit_id" int not null, "source_id" int not null, "own" boolean not null);`);
    this.addSql(`comment on column "rollup_source"."own" is 'Of a quoted rate only, which is its unit''s own and does not roll up';`);
    this.addSql(`create index "rollup_source_set_id_unit_id_index" on "rollup_source" ("set_id", "unit_id");`);

    this.addSql(`create table "service_rollup" ("set_id" int not null, "unit_id" int not null, "slot" text not null, "covered" int not null, "known" int not null, "exact" boolean not null, "possible" jsonb null, "quoted" jsonb null, "procedures" bigint null, "online" bigint null, "online_level3" bigint null, "online_level4" bigint null, "used_online" bigint null, "modern_desks" bigint null, "desks" bigint null, "online_rate_part" bigint null, "online_rate_of" bigint null, "online_rate_whole" bigint null, "used_online_rate_part" bigint null, "used_online_rate_of" bigint null, "used_online_rate_whole" bigint null, "modern_desk_rate_part" bigint null, "modern_desk_rate_of" bigint null, "modern_desk_rate_whole" bigint null, primary key ("set_id", "unit_id", "slot"));`);
    this.addSql(`comment on column "service_rollup"."slot" is 'Tier of the handling units, or ALL';`);
    this.addSql(`comment on column "service_rollup"."covered" is 'Units of which something is known';`);
    this.addSql(`comment on column "service_rollup"."known" is 'Bit n: measure n is known of every covered unit';`);
    this.addSql(`comment on column "service_rollup"."possible" is 'What may belong here besides, by column';`);

    this.addSql(`create table "task_rollup" ("set_id" int not null, "unit_id" int not null, "slot" text not null, "covered" int not null, "known" int not null, "exact" boolean not null, "possible" jsonb null, "quoted" jsonb null, "total" bigint null, "with_deadline" bigint null, "without_deadline" bigint null, "on_time" bigint null, "overdue" bigint null, "completed_on_time" bigint null, "completed_late" bigint null, "running_not_due" bigint null, "running_overdue" bigint null, "completed_without_deadline" bigint null, "running_without_deadline" bigint null, "on_time_rate_part" bigint null, "on_time_rate_of" bigint null, "on_time_rate_whole" bigint null, primary key ("set_id", "unit_id", "slot"));`);
    this.addSql(`comment on column "task_rollup"."slot" is 'Tier of the handling units, or ALL';`);
    this.addSql(`comment on column "task_rollup"."covered" is 'Units of which something is known';`);
    this.addSql(`comment on column "task_rollup"."known" is 'Bit n: measure n is known of every covered unit';`);
    this.addSql(`comment on column "task_rollup"."possible" is 'What may belong here besides, by column';`);

    this.addSql(`create table "unit" ("id" serial primary key, "key" text not null, "began_on" date null, "ended_on" date null);`);
    this.addSql(`comment on column "unit"."key" is 'Public id, such as 01843.2025';`);
    this.addSql(`comment on column "unit"."began_on" is 'First day; null where it lies before 2015-08-31, the first day known';`);
    this.addSql(`comment on column "unit"."ended_on" is 'First day on which it is no more; null while it exists';`);
    this.addSql(`alter table "unit" add constraint "unit_key_unique" unique ("key");`);

    this.addSql(`create table "succession" ("predecessor_id" int not null, "successor_id" int not null, "effective_on" date not null, "kind" text not null, "share" double precision null, "resolution" text null, "note" text null, primary key ("predecessor_id", "successor_id"));`);
    this.addSql(`create index "succession_successor_id_index" on "succession" ("successor_id");`);

    this.addSql(`create table "source" ("id" serial primary key, "key" text not null, "kind" text not null, "title" text not null, "unit_id" int not null, "published_on" date null, "note" text null);`);
    this.addSql(`comment on column "source"."unit_id" is 'The unit that it speaks of';`);
    this.addSql(`alter table "source" add constraint "source_key_unique" unique ("key");`);

    this.addSql(`create table "figure" ("id" serial primary key, "source_id" int not null, "position" int not null, "unit_id" int not null, "scope" text null, "period_from" date not null, "period_to" date not null, "measure" text not null, "value" double precision null, "low" double precision null, "high" double precision null, "denominator" double precision null, "qualifiers" jsonb not null, "quote" text not null);`);
    this.addSql(`comment on column "figure"."position" is 'Row within the source, which is its order';`);
    this.addSql(`comment on column "figure"."scope" is 'Tier that handled it; null is the whole unit with all its tiers';`);
    this.addSql(`comment on column "figure"."denominator" is 'Of how many, where the figure brings its own denominator';`);
    this.addSql(`create index "figure_unit_id_period_from_index" on "figure" ("unit_id", "period_from");`);
    this.addSql(`create index "figure_period_from_period_to_index" on "figure" ("period_from", "period_to");`);
    this.addSql(`create index "figure_measure_unit_id_index" on "figure" ("measure", "unit_id");`);

    this.addSql(`create table "unit_name" ("id" serial primary key, "unit_id" int not null, "known_from" date not null, "own_until" date null, "words" text not null, "full_words" text not null);`);
    this.addSql(`comment on column "unit_name"."own_until" is 'First day on which it is a former name; null while it is the present one';`);
    this.addSql(`comment on column "unit_name"."words" is 'Folded name with a blank before each word';`);
    this.addSql(`comment on column "unit_name"."full_words" is 'The same of the full name';`);
    this.addSql(`create index "unit_name_unit_id_index" on "unit_name" ("unit_id");`);

    this.addSql(`create table "unit_version" ("unit_id" int not null, "valid_from" date not null, "valid_to" date null, "code" text not null, "parent_id" int null, "tier" text null, "kind" text not null, "name" text not null, "full_name" text not null, "name_en" text null, "resolution" text null, primary key ("unit_id", "valid_from"));`);
    this.addSql(`create index "unit_version_code_valid_from_index" on "unit_version" ("code", "valid_from");`);
    this.addSql(`create index "unit_version_parent_id_valid_from_index" on "unit_version" ("parent_id", "valid_from");`);

    this.addSql(`alter table "rollup_set" add constraint "rollup_set_edition_id_foreign" foreign key ("edition_id") references "edition" ("id") on delete cascade;`);
    this.addSql(`alter table "rollup_set" add constraint "rollup_set_cell_edition_id_foreign" foreign key ("cell_edition_id") references "edition" ("id") on delete cascade;`);

    this.addSql(`alter table "dossier_rollup" add constraint "dossier_rollup_set_id_foreign" foreign key ("set_id") references "rollup_set" ("id") on delete cascade;`);

    this.addSql(`alter table "rollup_source" add constraint "rollup_source_set_id_foreign" foreign key ("set_id") references "rollup_set" ("id") on delete cascade;`);

    this.addSql(`alter table "service_rollup" add constraint "service_rollup_set_id_foreign" foreign key ("set_id") references "rollup_set" ("id") on delete cascade;`);

    this.addSql(`alter table "task_rollup" add constraint "task_rollup_set_id_foreign" foreign key ("set_id") references "rollup_set" ("id") on delete cascade;`);

    this.addSql(`alter table "succession" add constraint "succession_predecessor_id_foreign" foreign key ("predecessor_id") references "unit" ("id") on update cascade on delete cascade;`);
    this.addSql(`alter table "succession" add constraint "succession_successor_id_foreign" foreign key ("successor_id") references "unit" ("id") on update cascade on delete cascade;`);

    this.addSql(`alter table "source" add constraint "source_unit_id_foreign" foreign key ("unit_id") references "unit" ("id");`);

    this.addSql(`alter table "figure" add constraint "figure_source_id_foreign" foreign key ("source_id") references "source" ("id");`);
    this.addSql(`alter table "figure" add constraint "figure_unit_id_foreign" foreign key ("unit_id") references "unit" ("id");`);

    this.addSql(`alter table "unit_name" add constraint "unit_name_unit_id_foreign" foreign key ("unit_id") references "unit" ("id");`);

    this.addSql(`alter table "unit_version" add constraint "unit_version_unit_id_foreign" foreign key ("unit_id") references "unit" ("id");`);
    this.addSql(`alter table "unit_version" add constraint "unit_version_parent_id_foreign" foreign key ("parent_id") references "unit" ("id") on delete set null;`);
  }

}
