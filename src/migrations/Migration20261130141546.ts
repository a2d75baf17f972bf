import { Migration } from '@mikro-orm/migrations';

const READS = "select viewer_units(current_setting('cchc.reads', true))";
const WRITES = "select viewer_units(current_setting('cchc.writes', true))";
const TABLES = ["ranking_publication", "published_score", "published_sheet"];

export class Migration20261130141546 extends Migration {

  override name = 'Migration20261130141546';

  override up(): void | Promise<void> {
    this.addSql(`create table "ranking_publication" ("id" serial primary key, "key" text not null, "cycle_id" int not null, "rubric_id" int not null, "organiser_id" int not null, "index_kind" text not null, "block_code" text not null, "year" int not null, "version" int not null, "title" text not null, "published_on" date not null, "reason" text null, "ranked" int not null, "made_at" timestamptz(3) not null, "superseded_at" timestamptz(3) null);`);
    this.addSql(`comment on column "ranking_publication"."version" is 'Counts from 1';`);
    this.addSql(`comment on column "ranking_publication"."reason" is 'Why it corrects the version before; null for the first';`);
    this.addSql(`comment on column "ranking_publication"."ranked" is 'Number of members with a rank';`);
    this.addSql(`alter table "ranking_publication" add constraint "ranking_publication_key_unique" unique ("key");`);
    this.addSql(`create index "ranking_publication_organiser_id_index_kind_year_index" on "ranking_publication" ("organiser_id", "index_kind", "year");`);
    this.addSql(`alter table "ranking_publication" add constraint "ranking_publication_cycle_id_version_unique" unique ("cycle_id", "version");`);

    this.addSql(`create table "published_sheet" ("publication_id" int not null, "sheet_id" int not null, "unit_id" int not null, "organiser_id" int not null, "leaves" jsonb not null, primary key ("publication_id", "sheet_id"));`);
    this.addSql(`create index "published_sheet_unit_id_index" on "published_sheet" ("unit_id");`);

    this.addSql(`create table "published_score" ("publication_id" int not null, "unit_id" int not null, "organiser_id" int not null, "total" int null, "scaled" int null, "rank" int null, "classification" text null, "class_reason" text null, primary key ("publication_id", "unit_id"));`);
    this.addSql(`comment on column "published_score"."class_reason" is 'Why the class is not that of the band';`);
    this.addSql(`create index "published_score_unit_id_index" on "published_score" ("unit_id");`);

    this.addSql(`alter table "score_item" add "corrected" int null;`);
    this.addSql(`comment on column "score_item"."corrected" is 'By a correction of what was published';`);

    this.addSql(`alter table "ranking_publication" add constraint "ranking_publication_cycle_id_foreign" foreign key ("cycle_id") references "assessment_cycle" ("id");`);
    this.addSql(`alter table "ranking_publication" add constraint "ranking_publication_rubric_id_foreign" foreign key ("rubric_id") references "rubric" ("id");`);
    this.addSql(`alter table "ranking_publication" add constraint "ranking_publication_organiser_id_foreign" foreign key ("organiser_id") references "unit" ("id");`);

    this.addSql(`alter table "published_sheet" add constraint "published_sheet_publication_id_foreign" foreign key ("publication_id") references "ranking_publication" ("id");`);
    this.addSql(`alter table "published_sheet" add constraint "published_sheet_sheet_id_foreign" foreign key ("sheet_id") references "score_sheet" ("id");`);

    this.addSql(`alter table "published_score" add constraint "published_score_publication_id_foreign" foreign key ("publication_id") references "ranking_publication" ("id");`);
    this.addSql(`alter table "published_score" add constraint "published_score_unit_id_foreign" foreign key ("unit_id") references "unit" ("id");`);

    const tables = TABLES.map((table) => `"${table}"`).join();
    this.addSql(`grant select, insert on ${tables} to cchc_service;`);
    this.addSql(`grant update ("superseded_at") on "ranking_publication" to cchc_service;`);
    this.addSql(`grant update ("corrected") on "score_item" to cchc_service;`);
    this.addSql(`grant usage on sequence "ranking_publication_id_seq" to cchc_service;`);
    for (const table of TABLES) {
      // Totals, ranks and classes are public; the leaves are for those who may see the sheet.
      const seen = table === "published_sheet" ? `"unit_id" in (${READS}) or "organiser_id" in (${READS})` : "true";
      this.addSql(`alter table "${table}" enable row level security;`);
      this.addSql(`create policy ${table}_read on "${table}" for select to cchc_service using (${seen});`);
      this.addSql(`create policy ${table}_insert on "${table}" for insert to cchc_service with check ("organiser_id" in (${WRITES}));`);
    }
    this.addSql(`create policy ranking_publication_update on "ranking_publication" for update to cchc_service
      using ("organiser_id" in (${WRITES})) with check ("organiser_id" in (${WRITES}));`);
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "published_sheet" drop constraint "published_sheet_publication_id_foreign";`);
    this.addSql(`alter table "published_score" drop constraint "published_score_publication_id_foreign";`);

    this.addSql(`drop table if exists "ranking_publication" cascade;`);
    this.addSql(`drop table if exists "published_sheet" cascade;`);
    this.addSql(`drop table if exists "published_score" cascade;`);

    this.addSql(`alter table "score_item" drop column "corrected";`);
  }

}
