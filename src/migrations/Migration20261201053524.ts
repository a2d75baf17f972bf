import { Migration } from '@mikro-orm/migrations';

export class Migration20261201053524 extends Migration {

  override name = 'Migration20261201053524';

  override up(): void | Promise<void> {
    this.addSql(`drop index "dossier_tree_count_edition_id_grain_target_id_starts_on_index";`);
    this.addSql(`create index "dossier_tree_count_edition_id_grain_target_id_cert_7e1aa_index" on "dossier_tree_count" ("edition_id", "grain", "target_id", "certain", "starts_on");`);

    this.addSql(`drop index "task_tree_count_edition_id_grain_target_id_starts_on_index";`);
    this.addSql(`create index "task_tree_count_edition_id_grain_target_id_certain_9ba9e_index" on "task_tree_count" ("edition_id", "grain", "target_id", "certain", "starts_on");`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop index "dossier_tree_count_edition_id_grain_target_id_cert_7e1aa_index";`);
    this.addSql(`create index "dossier_tree_count_edition_id_grain_target_id_starts_on_index" on "dossier_tree_count" ("edition_id", "grain", "target_id", "starts_on");`);

    this.addSql(`drop index "task_tree_count_edition_id_grain_target_id_certain_9ba9e_index";`);
    this.addSql(`create index "task_tree_count_edition_id_grain_target_id_starts_on_index" on "task_tree_count" ("edition_id", "grain", "target_id", "starts_on");`);
  }

}
