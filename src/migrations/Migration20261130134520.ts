import { Migration } from '@mikro-orm/migrations';

export class Migration20261130134520 extends Migration {

  override name = 'Migration20261130134520';

  override up(): void | Promise<void> {
    this.addSql(`alter table "task" drop constraint "task_province_id_made_by_idempotency_key_unique";`);
    this.addSql(`create unique index task_idempotency_key_unique on task (province_id, made_by, idempotency_key) where made_by is not null;`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop index "task_idempotency_key_unique";`);
    this.addSql(`alter table "task" add constraint "task_province_id_made_by_idempotency_key_unique" unique ("province_id", "made_by", "idempotency_key");`);
  }

}
