import { Migration } from '@mikro-orm/migrations';

export class Migration20261130103000 extends Migration {

  override name = 'Migration20261130103000';

  override up(): void | Promise<void> {
    // Stored sets are built again when they are next read.
    this.addSql(`delete from "rollup_set";`);
    this.addSql(`alter table "rollup_knowledge" drop constraint "rollup_knowledge_pkey";`);
    this.addSql(`alter table "rollup_knowledge" add "kind" text not null;`);
    this.addSql(`comment on column "rollup_knowledge"."kind" is 'Kind of roll-up: dossier or task';`);
    this.addSql(`alter table "rollup_knowledge" add primary key ("set_id", "kind", "unit_id", "author_id", "slot");`);
  }

  override down(): void | Promise<void> {
    this.addSql(`delete from "rollup_set";`);
    this.addSql(`alter table "rollup_knowledge" drop constraint "rollup_knowledge_pkey";`);
    this.addSql(`alter table "rollup_knowledge" drop column "kind";`);
    this.addSql(`alter table "rollup_knowledge" add primary key ("set_id", "unit_id", "author_id", "slot");`);
  }

}
