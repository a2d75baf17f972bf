import { Migration } from '@mikro-orm/migrations';

const READS = "select viewer_units(current_setting('cchc.reads', true))";
const WRITES = "select viewer_units(current_setting('cchc.writes', true))";
const IS_SEEN = `"lead_id" in (${READS}) or "assigner_id" in (${READS})
  or "coordinator_ids" && array(${READS})`;
/** Tasks that are assigned here belong to sources of this name, which send nothing. */
const IS_SENT = `"source_id" in (select s."id" from "source" s where s."name" <> '@tasks' and s."unit_id" in (${WRITES}))`;

export class Migration20261130110000 extends Migration {

  override name = 'Migration20261130110000';

  override up(): void | Promise<void> {
    this.addSql(`alter table "task" add "updated_at" timestamptz(3) null;`);
    this.addSql(`comment on column "task"."updated_at" is 'Of an imported task: its last change in its system';`);
    this.addSql(`comment on column "task"."digest" is 'SHA-256 of what was sent';`);

    this.addSql(`create unlogged table "task_stage" ("import" uuid not null, "row" int not null, "status" smallint not null, "problem" text null, "province_id" int not null,
      "code" text collate "C" not null, "title" text null, "product" text null, "document" jsonb null, "words" text null, "assigner_id" int null, "lead_id" int null,
      "coordinator_ids" int[] null, "parent_province_id" int null, "parent_code" text collate "C" null, "top_code" text collate "C" null, "is_moved" boolean null,
      "assigned_on" date null, "deadline" date null, "original_deadline" date null, "progress" smallint null, "is_running" boolean null, "percent" smallint null,
      "done_on" date null, "completed_on" date null, "cancelled_on" date null, "postponed" datemultirange null, "digest" text null, "updated_at" timestamptz(3) null,
      "events" int null);`);
    this.addSql(`create index "task_stage_import_index" on "task_stage" ("import", "code");`);
    this.addSql(`grant select, insert, update, delete on "task_stage" to cchc_service;`);

    // An imported task is replaced by its source alone; who imports sees all of the source, so that no task of it is taken for a new one.
    this.addSql(`grant delete on "task", "task_event" to cchc_service;`);
    this.addSql(`grant update ("family") on "task" to cchc_service;`);
    this.addSql(`alter policy task_read on "task" using (${IS_SEEN} or "is_imported" and ${IS_SENT});`);
    this.addSql(`alter policy task_insert on "task" with check (not "is_imported" and "assigner_id" in (${WRITES})
      or "is_imported" and "lead_id" in (${WRITES}) and ${IS_SENT});`);
    this.addSql(`create policy task_delete on "task" for delete to cchc_service using ("is_imported" and "lead_id" in (${WRITES}) and ${IS_SENT});`);
    this.addSql(`create policy task_event_delete on "task_event" for delete to cchc_service using (${IS_SENT});`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop policy task_event_delete on "task_event";`);
    this.addSql(`drop policy task_delete on "task";`);
    this.addSql(`alter policy task_insert on "task" with check ("assigner_id" in (${WRITES}));`);
    this.addSql(`alter policy task_read on "task" using (${IS_SEEN});`);
    this.addSql(`revoke delete on "task", "task_event" from cchc_service;`);
    this.addSql(`revoke update ("family") on "task" from cchc_service;`);
    this.addSql(`drop table "task_stage";`);
    this.addSql(`alter table "task" drop column "updated_at";`);
    this.addSql(`comment on column "task"."digest" is 'SHA-256 of what was sent under the key';`);
  }

}
