import { Migration } from '@mikro-orm/migrations';

export class Migration20261129175833 extends Migration {

  override name = 'Migration20261129175833';

  override up(): void | Promise<void> {
    this.addSql(`alter table "dossier_rollup" rename column "paused" to "in_process_paused";`);

    this.addSql(`alter table "task_rollup" add "delegated" bigint null, add "extended" bigint null, add "due" bigint null, add "due_completed_on_time" bigint null;`);

    this.addSql(`alter table "source" add "name" text null, add "retired_at" timestamptz null;`);
    this.addSql(`comment on column "source"."name" is 'Of a system that sends records: its name, one of its kind among those of its unit';`);
    this.addSql(`comment on column "source"."retired_at" is 'Since when it takes nothing more';`);
    this.addSql(`comment on column "source"."unit_id" is 'The unit that it speaks of, or whose system it is';`);
    // So far a source was one of its name in the whole country; its id, which was its name, stays.
    this.addSql(`update "source" set "name" = "key" where "kind" <> 'REPORT';`);
    this.addSql(`create unique index source_name_unique on source (name, unit_id) where name is not null and retired_at is null;`);
    this.addSql(`grant update ("unit_id", "retired_at") on "source" to cchc_service;`);

    // What is stored says for each measure by its place whether it is known; it is made again when it is asked for.
    this.addSql(`update "figure" set "measure" = 'dossier.in-process-paused' where "measure" = 'dossier.paused';`);
    this.addSql(`delete from "rollup_set";`);
  }

  override down(): void | Promise<void> {
    this.addSql(`delete from "rollup_set";`);
    this.addSql(`update "figure" set "measure" = 'dossier.paused' where "measure" = 'dossier.in-process-paused';`);
    this.addSql(`revoke update ("unit_id", "retired_at") on "source" from cchc_service;`);
    this.addSql(`alter table "dossier_rollup" rename column "in_process_paused" to "paused";`);

    this.addSql(`drop index "source_name_unique";`);
    this.addSql(`alter table "source" drop column "name", drop column "retired_at";`);
    this.addSql(`comment on column "source"."unit_id" is 'The unit that it speaks of';`);

    this.addSql(`alter table "task_rollup" drop column "delegated", drop column "extended", drop column "due", drop column "due_completed_on_time";`);
  }

}
