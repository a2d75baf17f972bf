import { Migration } from '@mikro-orm/migrations';

export class Migration20261130205938 extends Migration {

  override name = 'Migration20261130205938';

  override up(): void | Promise<void> {
    this.addSql(`drop index "dossier_tree_count_edition_id_target_id_grain_starts_on_index";`);
    this.addSql(`create index "dossier_tree_count_edition_id_grain_target_id_starts_on_index" on "dossier_tree_count" ("edition_id", "grain", "target_id", "starts_on");`);

    this.addSql(`drop index "task_tree_count_edition_id_target_id_grain_starts_on_index";`);
    this.addSql(`create index "task_tree_count_edition_id_grain_target_id_starts_on_index" on "task_tree_count" ("edition_id", "grain", "target_id", "starts_on");`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop index "dossier_tree_count_edition_id_grain_target_id_starts_on_index";`);
    this.addSql(`create index "dossier_tree_count_edition_id_target_id_grain_starts_on_index" on "dossier_tree_count" ("edition_id", "target_id", "grain", "starts_on");`);

    this.addSql(`drop index "task_tree_count_edition_id_grain_target_id_starts_on_index";`);
    this.addSql(`create index "task_tree_count_edition_id_target_id_grain_starts_on_index" on "task_tree_count" ("edition_id", "target_id", "grain", "starts_on");`);
  }

}
