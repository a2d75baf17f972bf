import { Migration } from '@mikro-orm/migrations';

export class Migration20261130145524 extends Migration {

  override name = 'Migration20261130145524';

  override up(): void | Promise<void> {
    this.addSql(`alter table "score_item" drop constraint "score_item_sheet_id_foreign";`);
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "score_item" add constraint "score_item_sheet_id_foreign" foreign key ("sheet_id") references "score_sheet" ("id");`);
  }

}
