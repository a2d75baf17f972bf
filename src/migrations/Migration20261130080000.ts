import { Migration } from '@mikro-orm/migrations';

const READS = "select viewer_units(current_setting('cchc.reads', true))";
const WRITES = "select viewer_units(current_setting('cchc.writes', true))";
/** Lead and assigner change a task; its coordinators see it, too. */
const IS_SEEN = `"lead_id" in (${READS}) or "assigner_id" in (${READS})
  or "coordinator_ids" && array(${READS})`;
const IS_CHANGED = `"lead_id" in (${WRITES}) or "assigner_id" in (${WRITES})`;
// The first two are most often the lead and the assigner, which are looked up in no time.
const anyOf = (units: string) => `"seen_by"[1] in (${units}) or "seen_by"[2] in (${units}) or "seen_by" && array(${units})`;
const ANY_CHANGES = anyOf(WRITES);

export class Migration20261130080000 extends Migration {

  override name = 'Migration20261130080000';

  override up(): void | Promise<void> {
    this.addSql(`create table "task" ("province_id" int not null, "source_id" int not null, "code" text collate "C" not null, "is_imported" boolean not null, "title" text not null, "product" text null, "document" jsonb null, "words" text not null, "assigner_id" int not null, "lead_id" int not null, "coordinator_ids" int[] not null, "parent_province_id" int null, "parent_source_id" int null, "parent_code" text collate "C" null, "family" text collate "C" not null, "assigned_on" date not null, "deadline" date not null, "original_deadline" date not null, "progress" smallint not null, "progress_before" smallint null, "is_running" boolean not null, "percent" smallint null, "done_on" date null, "completed_on" date null, "cancelled_on" date null, "postponed" datemultirange not null, "events" int not null, "made_by" text null, "idempotency_key" text null, "digest" text null, primary key ("province_id", "source_id", "code"));`);
    this.addSql(`comment on column "task"."province_id" is 'Province of the first lead, 0 in none; it never changes';`);
    this.addSql(`comment on column "task"."is_imported" is 'Changed by its source alone';`);
    this.addSql(`comment on column "task"."words" is 'Folded title, product and number of the document with a blank before each word';`);
    this.addSql(`comment on column "task"."family" is 'Id of the task at the top, which all that was delegated from it share';`);
    this.addSql(`comment on column "task"."deadline" is 'infinity for a task without one';`);
    this.addSql(`comment on column "task"."original_deadline" is 'infinity for a task without one';`);
    this.addSql(`comment on column "task"."progress" is '1 to 7 of TaskProgress';`);
    this.addSql(`comment on column "task"."progress_before" is 'What it was before it was postponed';`);
    this.addSql(`comment on column "task"."is_running" is 'Neither completed, postponed nor cancelled';`);
    this.addSql(`comment on column "task"."percent" is 'As last reported';`);
    this.addSql(`comment on column "task"."done_on" is 'As the lead says';`);
    this.addSql(`comment on column "task"."completed_on" is 'As confirmed';`);
    this.addSql(`comment on column "task"."postponed" is 'Days on which it stood still';`);
    this.addSql(`comment on column "task"."events" is 'How many';`);
    this.addSql(`comment on column "task"."made_by" is 'Actor whose idempotency key it is';`);
    this.addSql(`comment on column "task"."digest" is 'SHA-256 of what was sent under the key';`);
    this.addSql(`create index "task_source_id_code_index" on "task" ("source_id", "code");`);
    this.addSql(`create index "task_parent_source_id_parent_code_index" on "task" ("parent_source_id", "parent_code");`);
    this.addSql(`create index "task_made_by_idempotency_key_index" on "task" ("made_by", "idempotency_key");`);
    this.addSql(`create index task_deadline_index on task (deadline, source_id, code);`);
    this.addSql(`create index task_running_index on task (deadline, source_id, code) where is_running;`);
    this.addSql(`create index task_assigned_index on task (assigned_on, source_id, code);`);
    this.addSql(`create index task_lead_deadline_index on task (lead_id, deadline, source_id, code);`);
    this.addSql(`create index task_lead_running_index on task (lead_id, deadline, source_id, code) where is_running;`);
    this.addSql(`create index task_lead_assigned_index on task (lead_id, assigned_on, source_id, code);`);
    this.addSql(`create index task_assigner_deadline_index on task (assigner_id, deadline, source_id, code);`);
    this.addSql(`create index task_assigner_running_index on task (assigner_id, deadline, source_id, code) where is_running;`);
    this.addSql(`create index task_assigner_assigned_index on task (assigner_id, assigned_on, source_id, code);`);
    this.addSql(`alter table "task" add constraint "task_province_id_made_by_idempotency_key_unique" unique ("province_id", "made_by", "idempotency_key");`);

    this.addSql(`create table "task_coordinator" ("province_id" int not null, "source_id" int not null, "code" text collate "C" not null, "unit_id" int not null, "assigner_id" int not null, "lead_id" int not null, "assigned_on" date not null, "deadline" date not null, "is_running" boolean not null, primary key ("province_id", "source_id", "code", "unit_id"));`);
    this.addSql(`comment on column "task_coordinator"."deadline" is 'infinity for a task without one';`);
    this.addSql(`create index "task_coordinator_unit_id_deadline_source_id_code_index" on "task_coordinator" ("unit_id", "deadline", "source_id", "code");`);
    this.addSql(`create index "task_coordinator_unit_id_assigned_on_source_id_code_index" on "task_coordinator" ("unit_id", "assigned_on", "source_id", "code");`);

    this.addSql(`create table "task_event" ("province_id" int not null, "source_id" int not null, "code" text collate "C" not null, "position" int not null, "at" timestamptz(3) not null, "action" smallint not null, "unit_id" int not null, "former_lead_id" int null, "note" text null, "percent" smallint null, "deadline" date null, "done_on" date null, "evidence" jsonb not null, "seen_by" int[] not null, primary key ("province_id", "source_id", "code", "position"));`);
    this.addSql(`comment on column "task_event"."action" is '1 to 16 of TaskEventKind';`);
    this.addSql(`comment on column "task_event"."unit_id" is 'The unit on whose behalf it was done';`);
    this.addSql(`comment on column "task_event"."seen_by" is 'Present lead, assigner and coordinators of the task';`);

    this.addSql(`create table "task_number" ("source_id" int not null, "year" int not null, "last" int not null, primary key ("source_id", "year"));`);

    this.addSql(`alter table "task_number" add constraint "task_number_source_id_foreign" foreign key ("source_id") references "source" ("id");`);

    this.addSql(`grant select, insert on "task", "task_event", "task_coordinator", "task_number" to cchc_service;`);
    this.addSql(`grant update ("title", "product", "document", "words", "lead_id", "coordinator_ids", "deadline", "progress", "progress_before", "is_running", "percent", "done_on",
      "completed_on", "cancelled_on", "postponed", "events") on "task" to cchc_service;`);
    this.addSql(`grant update ("seen_by") on "task_event" to cchc_service;`);
    this.addSql(`grant delete on "task_coordinator" to cchc_service;`);
    this.addSql(`grant update ("last") on "task_number" to cchc_service;`);

    this.addSql(`alter table "task" enable row level security;`);
    this.addSql(`create policy task_read on "task" for select to cchc_service using (${IS_SEEN});`);
    this.addSql(`create policy task_insert on "task" for insert to cchc_service with check ("assigner_id" in (${WRITES}));`);
    this.addSql(`create policy task_update on "task" for update to cchc_service using (${IS_CHANGED}) with check (${IS_CHANGED});`);
    this.addSql(`alter table "task_event" enable row level security;`);
    this.addSql(`create policy task_event_read on "task_event" for select to cchc_service
      using (${anyOf(READS)});`);
    this.addSql(`create policy task_event_insert on "task_event" for insert to cchc_service with check (${ANY_CHANGES});`);
    this.addSql(`create policy task_event_update on "task_event" for update to cchc_service using (${ANY_CHANGES}) with check (${ANY_CHANGES});`);
    this.addSql(`alter table "task_coordinator" enable row level security;`);
    this.addSql(`create policy task_coordinator_read on "task_coordinator" for select to cchc_service using ("unit_id" in (${READS}) or ${IS_CHANGED});`);
    this.addSql(`create policy task_coordinator_insert on "task_coordinator" for insert to cchc_service with check (${IS_CHANGED});`);
    this.addSql(`create policy task_coordinator_delete on "task_coordinator" for delete to cchc_service using (${IS_CHANGED});`);
    this.addSql(`alter table "task_number" enable row level security;`);
    this.addSql(`create policy task_number_write on "task_number" for all to cchc_service
      using ("source_id" in (select s."id" from "source" s where s."unit_id" in (${WRITES})));`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table if exists "task" cascade;`);
    this.addSql(`drop table if exists "task_coordinator" cascade;`);
    this.addSql(`drop table if exists "task_event" cascade;`);
    this.addSql(`drop table if exists "task_number" cascade;`);
  }

}
