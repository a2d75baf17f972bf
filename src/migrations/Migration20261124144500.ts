import { Migration } from '@mikro-orm/migrations';

export class Migration20261124144500 extends Migration {

  override name = 'Migration20261124144500';

  override up(): void | Promise<void> {
    // Counts of requests of the present minute, which several instances share; lost in a crash, and no loss.
    this.addSql(`create unlogged table "rate_limit" ("key" text not null primary key, "points" int not null default 0, "expire" bigint null);`);
    this.addSql(`grant select, insert, update, delete on "rate_limit" to cchc_service;`);
  }

}
