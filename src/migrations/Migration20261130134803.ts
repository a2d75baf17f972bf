import { Migration } from '@mikro-orm/migrations';

const TABLES = ["dossier_rollup", "service_rollup", "task_rollup"];

export class Migration20261130134803 extends Migration {

  override name = 'Migration20261130134803';

  override up(): void | Promise<void> {
    for (const table of TABLES) {
      this.addSql(`alter table "${table}" rename column "known" to "reported";`);
      this.addSql(`comment on column "${table}"."reported" is 'Bit n is set if every covered unit reports measure n';`);
      this.addSql(`comment on column "${table}"."covered" is 'Units of which something is reported';`);
    }
  }

  override down(): void | Promise<void> {
    for (const table of TABLES) {
      this.addSql(`alter table "${table}" rename column "reported" to "known";`);
      this.addSql(`comment on column "${table}"."known" is 'Bit n: measure n is known of every covered unit';`);
      this.addSql(`comment on column "${table}"."covered" is 'Units of which something is known';`);
    }
  }

}
