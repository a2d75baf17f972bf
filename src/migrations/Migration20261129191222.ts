import { Migration } from '@mikro-orm/migrations';

export class Migration20261129191222 extends Migration {

  override name = 'Migration20261129191222';

  override up(): void | Promise<void> {
    // What is stored does not say up to which day it counts; it is made again when it is asked for.
    this.addSql(`delete from "rollup_set";`);
    this.addSql(`alter table "rollup_set" drop constraint "rollup_set_edition_id_period_from_period_to_cell__0b539_unique";`);
    this.addSql(`alter table "rollup_set" add "counted_to" date not null;`);
    this.addSql(`comment on column "rollup_set"."counted_to" is 'Last day of which records are counted; where none are, that of the period';`);
    this.addSql(`alter table "rollup_set" add constraint "rollup_set_edition_id_period_from_period_to_cell__a2c7d_unique" unique ("edition_id", "period_from", "period_to", "cell_edition_id", "drafts", "recorded", "counted_to");`);
  }

  override down(): void | Promise<void> {
    this.addSql(`delete from "rollup_set";`);
    this.addSql(`alter table "rollup_set" drop constraint "rollup_set_edition_id_period_from_period_to_cell__a2c7d_unique";`);
    this.addSql(`alter table "rollup_set" drop column "counted_to";`);
    this.addSql(`alter table "rollup_set" add constraint "rollup_set_edition_id_period_from_period_to_cell__0b539_unique" unique ("edition_id", "period_from", "period_to", "cell_edition_id", "drafts", "recorded");`);
  }

}
