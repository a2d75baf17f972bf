import { Migration } from '@mikro-orm/migrations';

const READS = "select viewer_units(current_setting('cchc.reads', true))";
const WRITES = "select viewer_units(current_setting('cchc.writes', true))";
const isOf = (units: string, ...columns: string[]) => columns.map((column) => `"${column}" in (${units})`).join(" or ");
/** Whoever appraises reads within the scope of an ASSESSOR, in which cchc.writes has the units that the caller appraises for. */
const IS_APPRAISED = `"appraiser_ids" && array(${WRITES})`;
const POLICIES: readonly (readonly [table: string, name: string, policy: string])[] = [
  ["rubric", "rubric_read", `for select to cchc_service using ("state" = 'PUBLISHED' or ${isOf(READS, "organiser_id")})`],
  ["rubric", "rubric_insert", `for insert to cchc_service with check ("state" = 'DRAFT' and ${isOf(WRITES, "organiser_id")})`],
  ["rubric", "rubric_update", `for update to cchc_service using ("state" = 'DRAFT' and ${isOf(WRITES, "organiser_id")}) with check (${isOf(WRITES, "organiser_id")})`],
  ["criterion", "criterion_read", `for select to cchc_service using ("rubric_id" in (select r."id" from "rubric" r))`],
  ["criterion", "criterion_insert", `for insert to cchc_service with check ("rubric_id" in (select r."id" from "rubric" r where r."state" = 'DRAFT' and r."organiser_id" in (${WRITES})))`],
  ["assessment_cycle", "cycle_read", `for select to cchc_service using (${isOf(READS, "organiser_id")} or "member_ids" && array(${READS}) or ${IS_APPRAISED})`],
  ["assessment_cycle", "cycle_insert", `for insert to cchc_service with check (${isOf(WRITES, "organiser_id")})`],
  ["assessment_cycle", "cycle_update", `for update to cchc_service using (${isOf(WRITES, "organiser_id")}) with check (${isOf(WRITES, "organiser_id")})`],
  ["score_sheet", "sheet_read", `for select to cchc_service using (${isOf(READS, "unit_id", "organiser_id")} or ${IS_APPRAISED})`],
  ["score_sheet", "sheet_insert", `for insert to cchc_service with check (${isOf(WRITES, "organiser_id")})`],
  ["score_sheet", "sheet_update", `for update to cchc_service using (${isOf(WRITES, "unit_id", "organiser_id")}) with check (${isOf(WRITES, "unit_id", "organiser_id")})`],
  ["score_item", "item_read", `for select to cchc_service using (${isOf(READS, "unit_id", "organiser_id")} or ${isOf(WRITES, "appraiser_id")})`],
  ["score_item", "item_insert", `for insert to cchc_service with check (${isOf(WRITES, "organiser_id")})`],
  ["score_item", "item_update", `for update to cchc_service using (${isOf(WRITES, "unit_id", "organiser_id", "appraiser_id")}) with check (${isOf(WRITES, "unit_id", "organiser_id", "appraiser_id")})`],
  ...["score_adjustment", "survey_answer"].flatMap((table) =>
    ([
      [table, `${table}_read`, `for select to cchc_service using (${isOf(READS, "unit_id", "organiser_id")})`],
      [table, `${table}_insert`, `for insert to cchc_service with check (${isOf(WRITES, "organiser_id")})`],
      [table, `${table}_update`, `for update to cchc_service using (${isOf(WRITES, "organiser_id")}) with check (${isOf(WRITES, "organiser_id")})`],
    ] as const)),
];

export class Migration20261130134321 extends Migration {

  override name = 'Migration20261130134321';

  override up(): void | Promise<void> {
    this.addSql(`create table "rubric" ("id" serial primary key, "organiser_id" int not null, "index_kind" text not null, "block_code" text not null, "block_name" text not null, "year" int not null, "version" int not null, "name" text not null, "max_points" int not null, "bonus_max" int not null, "penalty_max" int not null, "bands" jsonb not null, "state" text not null, "made_at" timestamptz not null, "published_at" timestamptz null);`);
    this.addSql(`comment on column "rubric"."organiser_id" is 'The unit that judges by it';`);
    this.addSql(`comment on column "rubric"."version" is 'Counts from 1';`);
    this.addSql(`comment on column "rubric"."max_points" is 'In hundredths, as all points';`);
    this.addSql(`alter table "rubric" add constraint "rubric_organiser_id_index_kind_block_code_year_version_unique" unique ("organiser_id", "index_kind", "block_code", "year", "version");`);

    this.addSql(`create table "criterion" ("rubric_id" int not null, "position" int not null, "code" text not null, "name" text not null, "parent_position" int null, "max_points" int not null, "scale" text null, "scoring" text null, "indicator" text null, "steps" jsonb not null, "appraiser_id" int null, "evidence_required" boolean not null, primary key ("rubric_id", "position"));`);
    this.addSql(`comment on column "criterion"."position" is 'From 1 on, in the order of the rubric';`);
    this.addSql(`comment on column "criterion"."scoring" is 'Null for inner nodes';`);
    this.addSql(`comment on column "criterion"."indicator" is 'Code of the indicator';`);
    this.addSql(`comment on column "criterion"."appraiser_id" is 'Null where it is the organiser';`);

    this.addSql(`create table "assessment_cycle" ("id" serial primary key, "rubric_id" int not null, "organiser_id" int not null, "member_ids" int[] not null, "appraiser_ids" int[] not null, "unranked" jsonb not null, "period" text not null, "period_from" date not null, "period_to" date not null, "stage" text not null, "deadlines" jsonb not null, "opened_at" timestamptz not null);`);
    this.addSql(`comment on column "assessment_cycle"."appraiser_ids" is 'Units other than the organiser that appraise criteria';`);
    this.addSql(`comment on column "assessment_cycle"."unranked" is 'Reasons by number of those members that are scored and not ranked';`);
    this.addSql(`alter table "assessment_cycle" add constraint "assessment_cycle_rubric_id_unique" unique ("rubric_id");`);
    this.addSql(`create index "assessment_cycle_organiser_id_index" on "assessment_cycle" ("organiser_id");`);

    this.addSql(`create table "score_sheet" ("id" serial primary key, "cycle_id" int not null, "unit_id" int not null, "organiser_id" int not null, "appraiser_ids" int[] not null, "submitted_at" timestamptz(3) null, "reopened_until" date null, "override_class" text null, "override_reason" text null);`);
    this.addSql(`comment on column "score_sheet"."appraiser_ids" is 'Units other than the organiser and the unit itself that appraise criteria of it';`);
    this.addSql(`comment on column "score_sheet"."reopened_until" is 'The last day on which the unit may write after a deadline or its submission';`);
    this.addSql(`create index "score_sheet_unit_id_index" on "score_sheet" ("unit_id");`);
    this.addSql(`alter table "score_sheet" add constraint "score_sheet_cycle_id_unit_id_unique" unique ("cycle_id", "unit_id");`);

    this.addSql(`create table "survey_answer" ("sheet_id" int not null, "position" int not null, "respondents" text not null, "unit_id" int not null, "organiser_id" int not null, "weighted" bigint not null, "answers" bigint not null, primary key ("sheet_id", "position", "respondents"));`);
    this.addSql(`comment on column "survey_answer"."position" is 'Of the criterion';`);
    this.addSql(`comment on column "survey_answer"."respondents" is 'The group of those who answered';`);
    this.addSql(`comment on column "survey_answer"."weighted" is 'Sum of weight × count, weights in hundredths';`);
    this.addSql(`comment on column "survey_answer"."answers" is 'Sum of counts';`);

    this.addSql(`create table "score_item" ("sheet_id" int not null, "position" int not null, "unit_id" int not null, "organiser_id" int not null, "appraiser_id" int null, "is_applicable" boolean not null default true, "applicability_reason" text null, "self" int null, "first" int null, "second" int null, "self_note" text null, "first_note" text null, "explanation" text null, "second_note" text null, "evidence" jsonb not null, "receipt" jsonb null, primary key ("sheet_id", "position"));`);
    this.addSql(`comment on column "score_item"."position" is 'Of the criterion';`);
    this.addSql(`comment on column "score_item"."appraiser_id" is 'Null where it is the organiser, also for the criteria that the unit itself appraises of others';`);
    this.addSql(`comment on column "score_item"."receipt" is 'Of a computed criterion: why it has its points, as frozen when the sheet was handed in';`);

    this.addSql(`create table "score_adjustment" ("id" serial primary key, "sheet_id" int not null, "unit_id" int not null, "organiser_id" int not null, "kind" text not null, "points" int not null, "reason" text not null, "decided_at" timestamptz(3) not null, "removed_at" timestamptz(3) null, "removed_reason" text null);`);
    this.addSql(`create index "score_adjustment_sheet_id_index" on "score_adjustment" ("sheet_id");`);

    this.addSql(`alter table "rubric" add constraint "rubric_organiser_id_foreign" foreign key ("organiser_id") references "unit" ("id");`);

    this.addSql(`alter table "criterion" add constraint "criterion_rubric_id_foreign" foreign key ("rubric_id") references "rubric" ("id");`);
    this.addSql(`alter table "criterion" add constraint "criterion_appraiser_id_foreign" foreign key ("appraiser_id") references "unit" ("id") on delete set null;`);

    this.addSql(`alter table "assessment_cycle" add constraint "assessment_cycle_rubric_id_foreign" foreign key ("rubric_id") references "rubric" ("id");`);
    this.addSql(`alter table "assessment_cycle" add constraint "assessment_cycle_organiser_id_foreign" foreign key ("organiser_id") references "unit" ("id");`);

    this.addSql(`alter table "score_sheet" add constraint "score_sheet_cycle_id_foreign" foreign key ("cycle_id") references "assessment_cycle" ("id");`);
    this.addSql(`alter table "score_sheet" add constraint "score_sheet_unit_id_foreign" foreign key ("unit_id") references "unit" ("id");`);
    this.addSql(`alter table "score_sheet" add constraint "score_sheet_organiser_id_foreign" foreign key ("organiser_id") references "unit" ("id");`);

    this.addSql(`alter table "survey_answer" add constraint "survey_answer_sheet_id_foreign" foreign key ("sheet_id") references "score_sheet" ("id");`);

    this.addSql(`alter table "score_item" add constraint "score_item_sheet_id_foreign" foreign key ("sheet_id") references "score_sheet" ("id");`);

    this.addSql(`alter table "score_adjustment" add constraint "score_adjustment_sheet_id_foreign" foreign key ("sheet_id") references "score_sheet" ("id");`);

    const tables = [...new Set(POLICIES.map(([table]) => table))];
    this.addSql(`grant select, insert on ${tables.map((table) => `"${table}"`).join()} to cchc_service;`);
    this.addSql(`grant usage on sequence "rubric_id_seq", "assessment_cycle_id_seq", "score_sheet_id_seq", "score_adjustment_id_seq" to cchc_service;`);
    this.addSql(`grant update ("state", "published_at") on "rubric" to cchc_service;`);
    this.addSql(`grant update ("stage", "unranked") on "assessment_cycle" to cchc_service;`);
    this.addSql(`grant update ("submitted_at", "reopened_until", "override_class", "override_reason") on "score_sheet" to cchc_service;`);
    this.addSql(`grant update ("is_applicable", "applicability_reason", "self", "first", "second", "self_note", "first_note", "explanation", "second_note", "evidence", "receipt")
      on "score_item" to cchc_service;`);
    this.addSql(`grant update ("removed_at", "removed_reason") on "score_adjustment" to cchc_service;`);
    this.addSql(`grant update ("weighted", "answers") on "survey_answer" to cchc_service;`);
    for (const table of tables) this.addSql(`alter table "${table}" enable row level security;`);
    for (const [table, name, policy] of POLICIES) this.addSql(`create policy ${name} on "${table}" ${policy};`);
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "criterion" drop constraint "criterion_rubric_id_foreign";`);
    this.addSql(`alter table "assessment_cycle" drop constraint "assessment_cycle_rubric_id_foreign";`);
    this.addSql(`alter table "score_sheet" drop constraint "score_sheet_cycle_id_foreign";`);
    this.addSql(`alter table "survey_answer" drop constraint "survey_answer_sheet_id_foreign";`);
    this.addSql(`alter table "score_item" drop constraint "score_item_sheet_id_foreign";`);
    this.addSql(`alter table "score_adjustment" drop constraint "score_adjustment_sheet_id_foreign";`);

    this.addSql(`drop table if exists "rubric" cascade;`);
    this.addSql(`drop table if exists "criterion" cascade;`);
    this.addSql(`drop table if exists "assessment_cycle" cascade;`);
    this.addSql(`drop table if exists "score_sheet" cascade;`);
    this.addSql(`drop table if exists "survey_answer" cascade;`);
    this.addSql(`drop table if exists "score_item" cascade;`);
    this.addSql(`drop table if exists "score_adjustment" cascade;`);
  }

}
