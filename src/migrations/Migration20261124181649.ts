import { Migration } from '@mikro-orm/migrations';

export class Migration20261124181649 extends Migration {

  override name = 'Migration20261124181649';

  override up(): void | Promise<void> {
    this.addSql(`create table "dossier" ("province_id" int not null, "source_id" int not null, "code" text collate "C" not null, "unit_id" int not null, "slot" smallint not null, "received_by_id" int not null, "procedure_id" int not null, "field_id" int not null, "channel" smallint not null, "state" smallint not null, "submitted_at" timestamptz(3) null, "received_at" timestamptz(3) null, "due_at" timestamptz(3) null, "due_provisional" boolean not null, "extended_to" timestamptz(3) null, "current_due_at" timestamptz(3) null, "ended_at" timestamptz(3) null, "returned_at" timestamptz(3) null, "updated_at" timestamptz(3) not null, "received_on" date null, "ended_on" date null, "due_on" date null, "dated_on" date not null, "outcome" smallint null, "working_days" int null, "has_fee" boolean not null, "is_full" boolean not null, "digitised" boolean null, "paid_online" boolean null, "electronic_result" boolean null, "pauses" smallint not null, "digest" uuid not null, primary key ("province_id", "source_id", "code"));`);
    this.addSql(`comment on column "dossier"."province_id" is 'Province of the handling unit at the first receipt; it never changes';`);
    this.addSql(`comment on column "dossier"."unit_id" is 'The unit that handles it';`);
    this.addSql(`comment on column "dossier"."slot" is 'Tier in which it counts: 1 country to 4 commune; 0 outside all tiers';`);
    this.addSql(`comment on column "dossier"."channel" is '1 direct, 2 online, 3 postal';`);
    this.addSql(`comment on column "dossier"."state" is '1 to 10 of the national list';`);
    this.addSql(`comment on column "dossier"."received_on" is 'Null where it counts in nothing';`);
    this.addSql(`comment on column "dossier"."due_on" is 'Present due day';`);
    this.addSql(`comment on column "dossier"."dated_on" is 'Day of receipt, else of submission, else of the last word';`);
    this.addSql(`comment on column "dossier"."outcome" is '1 early, 2 on time, 3 overdue, 4 withdrawn, 5 stopped';`);
    this.addSql(`comment on column "dossier"."working_days" is 'From receipt to result, without pauses';`);
    this.addSql(`comment on column "dossier"."has_fee" is 'Of the procedure, as the next one';`);
    this.addSql(`comment on column "dossier"."pauses" is 'How many';`);
    this.addSql(`comment on column "dossier"."digest" is 'MD5 of what was sent';`);
    this.addSql(`create index "dossier_dated_on_source_id_code_index" on "dossier" ("dated_on", "source_id", "code");`);
    this.addSql(`create index "dossier_province_id_unit_id_dated_on_index" on "dossier" ("province_id", "unit_id", "dated_on");`);
    this.addSql(`create index dossier_open_index on dossier (province_id, unit_id, due_on) where received_on is not null and ended_on is null;`);

    this.addSql(`create table "dossier_count" ("province_id" int not null, "unit_id" int not null, "slot" smallint not null, "grain" smallint not null, "starts_on" date not null, "field_id" int not null, "received_direct" int not null default 0, "received_online" int not null default 0, "received_postal" int not null default 0, "resolved_early" int not null default 0, "resolved_on_time" int not null default 0, "resolved_overdue" int not null default 0, "withdrawn" int not null default 0, "stopped" int not null default 0, "closed_late" int not null default 0, "past_due" int not null default 0, "paused" int not null default 0, "paused_late" int not null default 0, "working_days" int not null default 0, "full_received" int not null default 0, "full_online" int not null default 0, "fee_received" int not null default 0, "fee_paid_online" int not null default 0, "electronic_results" int not null default 0, "digital_results" int not null default 0, primary key ("province_id", "unit_id", "slot", "grain", "starts_on", "field_id"));`);

    this.addSql(`create table "dossier_unit_count" ("province_id" int not null, "unit_id" int not null, "grain" smallint not null, "starts_on" date not null, "slot" smallint not null, "received_direct" int not null default 0, "received_online" int not null default 0, "received_postal" int not null default 0, "resolved_early" int not null default 0, "resolved_on_time" int not null default 0, "resolved_overdue" int not null default 0, "withdrawn" int not null default 0, "stopped" int not null default 0, "closed_late" int not null default 0, "past_due" int not null default 0, "paused" int not null default 0, "paused_late" int not null default 0, "working_days" int not null default 0, "full_received" int not null default 0, "full_online" int not null default 0, "fee_received" int not null default 0, "fee_paid_online" int not null default 0, "electronic_results" int not null default 0, "digital_results" int not null default 0, primary key ("province_id", "unit_id", "grain", "starts_on", "slot"));`);

    this.addSql(`create table "dossier_pause" ("province_id" int not null, "source_id" int not null, "code" text collate "C" not null, "position" smallint not null, "unit_id" int not null, "reason" smallint not null, "from_at" timestamptz(3) not null, "to_at" timestamptz(3) null, "is_late" boolean not null, primary key ("province_id", "source_id", "code", "position"));`);
    this.addSql(`comment on column "dossier_pause"."unit_id" is 'The unit that handles the dossier';`);
    this.addSql(`comment on column "dossier_pause"."reason" is '1 supplement, 2 financial obligation';`);
    this.addSql(`comment on column "dossier_pause"."is_late" is 'Begun after the due day, or not the first request for a supplement';`);

    this.addSql(`create table "dossier_tree_count" ("province_id" int not null, "edition_id" int not null, "target_id" int not null, "slot" smallint not null, "certain" boolean not null, "grain" smallint not null, "starts_on" date not null, "received_direct" bigint not null default '0', "received_online" bigint not null default '0', "received_postal" bigint not null default '0', "resolved_early" bigint not null default '0', "resolved_on_time" bigint not null default '0', "resolved_overdue" bigint not null default '0', "withdrawn" bigint not null default '0', "stopped" bigint not null default '0', "closed_late" bigint not null default '0', "past_due" bigint not null default '0', "paused" bigint not null default '0', "paused_late" bigint not null default '0', "working_days" bigint not null default '0', "full_received" bigint not null default '0', "full_online" bigint not null default '0', "fee_received" bigint not null default '0', "fee_paid_online" bigint not null default '0', "electronic_results" bigint not null default '0', "digital_results" bigint not null default '0', primary key ("province_id", "edition_id", "target_id", "slot", "certain", "grain", "starts_on"));`);
    this.addSql(`create index "dossier_tree_count_edition_id_target_id_grain_starts_on_index" on "dossier_tree_count" ("edition_id", "target_id", "grain", "starts_on");`);

    this.addSql(`create table "procedure_field" ("id" serial primary key, "code" text not null, "name" text not null);`);
    this.addSql(`alter table "procedure_field" add constraint "procedure_field_code_unique" unique ("code");`);

    this.addSql(`create table "procedure" ("id" serial primary key, "code" text not null, "name" text not null, "words" text not null, "field_id" int not null, "competence" text not null, "service_level" text not null, "working_days" double precision null, "has_fee" boolean not null);`);
    this.addSql(`comment on column "procedure"."words" is 'Folded name with a blank before each word';`);
    this.addSql(`comment on column "procedure"."working_days" is 'Statutory limit; null where the law sets none';`);
    this.addSql(`alter table "procedure" add constraint "procedure_code_unique" unique ("code");`);
    this.addSql(`create index "procedure_field_id_index" on "procedure" ("field_id");`);

    this.addSql(`create table "record_import" ("province_id" int not null, "id" bigserial not null, "key" text not null, "kind" text not null, "source_id" int not null, "at" timestamptz not null, "actor" text not null, "operation" text not null, "created" int not null, "updated" int not null, "unchanged" int not null, "stale" int not null, "rejected" int not null, primary key ("province_id", "id"));`);
    this.addSql(`comment on column "record_import"."province_id" is 'Province of the unit of the source; 0 where that is of none';`);
    this.addSql(`comment on column "record_import"."key" is 'Public id';`);
    this.addSql(`alter table "record_import" add constraint "record_import_province_id_key_unique" unique ("province_id", "key");`);

    this.addSql(`create table "record_unit" ("province_id" int not null, "unit_id" int not null, "kind" text not null, "source_id" int not null, "records" int not null, "first_on" date null, "last_import_at" timestamptz not null, primary key ("province_id", "unit_id", "kind", "source_id"));`);
    this.addSql(`comment on column "record_unit"."records" is 'How many there are that count';`);
    this.addSql(`comment on column "record_unit"."first_on" is 'No record that counts begins before this day';`);
    this.addSql(`create index "record_unit_unit_id_index" on "record_unit" ("unit_id");`);

    this.addSql(`create table "rollup_knowledge" ("set_id" int not null, "unit_id" int not null, "author_id" int not null, "slot" text not null, "mask" int not null, primary key ("set_id", "unit_id", "author_id", "slot"));`);
    this.addSql(`comment on column "rollup_knowledge"."mask" is 'Bit n: measure n';`);

    this.addSql(`create table "record_range" ("unit_id" int not null, "kind" text not null, "since" date not null, "through" date not null, primary key ("unit_id", "kind", "since"));`);

    this.addSql(`create table "work_calendar_day" ("day" date not null, "kind" text not null, "status" text not null, primary key ("day"));`);

    // Stored roll-ups lack the new columns, and are made again when they are asked for.
    this.addSql(`delete from "rollup_set";`);
    this.addSql(`alter table "rollup_set" drop constraint "rollup_set_edition_id_period_from_period_to_cell__f0254_unique";`);
    this.addSql(`alter table "rollup_set" add "recorded" boolean not null default false;`);
    this.addSql(`comment on column "rollup_set"."recorded" is 'Whether it tells what figures change of what records of dossiers add up to';`);
    this.addSql(`alter table "rollup_set" add constraint "rollup_set_edition_id_period_from_period_to_cell__0b539_unique" unique ("edition_id", "period_from", "period_to", "cell_edition_id", "drafts", "recorded");`);
    this.addSql(`alter table "dossier_rollup" add "withdrawn" bigint null, add "stopped" bigint null, add "paused" bigint null;`);

    this.addSql(`alter table "edition" add "records_counted" boolean not null default false;`);
    this.addSql(`comment on column "edition"."records_counted" is 'Whether the counters of records are rolled up to it, and kept so';`);

    this.addSql(`alter table "procedure" add constraint "procedure_field_id_foreign" foreign key ("field_id") references "procedure_field" ("id");`);

    this.addSql(`alter table "rollup_knowledge" add constraint "rollup_knowledge_set_id_foreign" foreign key ("set_id") references "rollup_set" ("id") on delete cascade;`);

    this.addSql(`alter table "record_range" add constraint "record_range_unit_id_foreign" foreign key ("unit_id") references "unit" ("id");`);

    // What an import has read, and how it changes the counters, until its transaction ends: lost in a crash, and no loss.
    this.addSql(`create unlogged table "dossier_stage" ("import" uuid not null, "row" int not null, "status" smallint not null, "problem" text null, "province_id" int not null,
      "code" text collate "C" not null, "unit_id" int not null, "slot" smallint not null, "received_by_id" int not null, "procedure_id" int not null, "field_id" int not null,
      "channel" smallint not null, "state" smallint not null, "submitted_at" timestamptz(3) null, "received_at" timestamptz(3) null, "due_at" timestamptz(3) null,
      "due_provisional" boolean not null, "extended_to" timestamptz(3) null, "current_due_at" timestamptz(3) null, "ended_at" timestamptz(3) null,
      "returned_at" timestamptz(3) null, "updated_at" timestamptz(3) not null, "received_on" date null, "ended_on" date null, "due_on" date null, "dated_on" date not null,
      "outcome" smallint null, "working_days" int null, "has_fee" boolean not null, "is_full" boolean not null, "digitised" boolean null, "paid_online" boolean null,
      "electronic_result" boolean null, "pauses" smallint not null, "digest" uuid not null,
      "pause_reason" smallint[] null, "pause_from" timestamptz(3)[] null, "pause_to" timestamptz(3)[] null, "pause_late" boolean[] null);`);
    this.addSql(`create index "dossier_stage_import_index" on "dossier_stage" ("import", "code");`);
    this.addSql(`create unlogged table "dossier_delta" ("import" uuid not null, like "dossier_count" including defaults excluding constraints);`);
    this.addSql(`create index "dossier_delta_import_index" on "dossier_delta" ("import", "grain");`);

    this.addSql(`grant select on "record_range", "record_unit", "record_import", "procedure", "procedure_field", "work_calendar_day", "rollup_knowledge", "dossier", "dossier_pause",
      "dossier_count", "dossier_unit_count", "dossier_tree_count", "dossier_stage", "dossier_delta" to cchc_service;`);
    this.addSql(`grant usage on all sequences in schema public to cchc_service;`);
    this.addSql(`grant insert, update, delete on "record_range", "work_calendar_day", "rollup_knowledge", "dossier", "dossier_pause", "dossier_tree_count", "dossier_stage", "dossier_delta"
      to cchc_service;`);
    this.addSql(`grant insert, update on "record_unit", "dossier_count", "dossier_unit_count" to cchc_service;`);
    this.addSql(`grant insert on "record_import" to cchc_service;`);
    this.addSql(`grant update ("records_counted") on "edition" to cchc_service;`);

    // A dossier is seen where its unit is; who imports sees all of the source, so that no file of it is taken for a new one.
    this.addSql(`alter table "dossier" enable row level security;`);
    this.addSql(`create policy dossier_read on "dossier" for select to cchc_service using ("unit_id" in (select viewer_units(current_setting('cchc.reads', true)))
      or "source_id" in (select s."id" from "source" s where s."unit_id" in (select viewer_units(current_setting('cchc.writes', true)))));`);
    this.addSql(`create policy dossier_insert on "dossier" for insert to cchc_service with check ("unit_id" in (select viewer_units(current_setting('cchc.writes', true))));`);
    this.addSql(`create policy dossier_update on "dossier" for update to cchc_service using ("unit_id" in (select viewer_units(current_setting('cchc.writes', true))))
      with check ("unit_id" in (select viewer_units(current_setting('cchc.writes', true))));`);
    this.addSql(`create policy dossier_delete on "dossier" for delete to cchc_service using ("unit_id" in (select viewer_units(current_setting('cchc.writes', true))));`);
    this.addSql(`alter table "dossier_pause" enable row level security;`);
    this.addSql(`create policy pause_read on "dossier_pause" for select to cchc_service using ("unit_id" in (select viewer_units(current_setting('cchc.reads', true)))
      or "source_id" in (select s."id" from "source" s where s."unit_id" in (select viewer_units(current_setting('cchc.writes', true)))));`);
    this.addSql(`create policy pause_write on "dossier_pause" for all to cchc_service using ("unit_id" in (select viewer_units(current_setting('cchc.writes', true))));`);
  }

}
