import { Migration } from '@mikro-orm/migrations';

const READS = "current_setting('cchc.reads', true)";
const WRITES = "current_setting('cchc.writes', true)";
const isOf = (grants: string, ...columns: string[]) => columns.map((column) => `"${column}" in (select viewer_units(${grants}))`).join(" or ");
const anyOf = (grants: string, column: string) => `"${column}" && array(select viewer_units(${grants}))`;

/** A limit keeps the planner from reading all contributions; columns of the row bear the name of its table, because a contribution has some of the same names. */
const covers = (units: string, grants: string) => `exists (
  select from unnest(string_to_array(nullif(${grants}, ''), ',')) scope_grant(entry) cross join lateral (
    select from "contribution" c where c."edition_id" = split_part(scope_grant.entry, ':', 2)::int and c."target_id" = split_part(scope_grant.entry, ':', 1)::int
      and c."unit_id" = any(${units}) and c."certain" limit 1) c)`;

interface Reading {
  readonly table: string;
  readonly policy: string;
  /** Looks all units of the grants up once a statement. */
  readonly all: string;
  /** Passes the same rows, and checks each of them. */
  readonly row: string;
}

const ownAnd = (table: string, policy: string, appraised?: Pick<Reading, "all" | "row">): Reading => ({
  ...{ table, policy },
  all: `${isOf(READS, "unit_id", "organiser_id")}${appraised ? ` or ${appraised.all}` : ""}`,
  row: `${covers(`array["${table}"."unit_id", "${table}"."organiser_id"]`, READS)}${appraised ? ` or ${appraised.row}` : ""}`,
});
const appraisedBy = (table: string) => ({ all: anyOf(WRITES, "appraiser_ids"), row: covers(`"${table}"."appraiser_ids"`, WRITES) });

const READINGS: readonly Reading[] = [
  {
    ...{ table: "assessment_cycle", policy: "cycle_read" },
    all: `${isOf(READS, "organiser_id")} or ${anyOf(READS, "member_ids")} or ${appraisedBy("assessment_cycle").all}`,
    row: `${covers('"assessment_cycle"."member_ids" || "assessment_cycle"."organiser_id"', READS)} or ${appraisedBy("assessment_cycle").row}`,
  },
  ownAnd("score_sheet", "sheet_read", appraisedBy("score_sheet")),
  ownAnd("score_item", "item_read", { all: isOf(WRITES, "appraiser_id"), row: covers('array["score_item"."appraiser_id"]', WRITES) }),
  ownAnd("score_adjustment", "score_adjustment_read"),
  ownAnd("survey_answer", "survey_answer_read"),
];

// A subquery reads the setting once a statement, not for each row.
const IS_OF_FEW_ROWS = "(select coalesce(current_setting('cchc.rows', true), '') = 'few')";

export class Migration20261130171500 extends Migration {

  override name = 'Migration20261130171500';

  override up(): void | Promise<void> {
    for (const { table, policy, row, all } of READINGS)
      this.addSql(`alter policy ${policy} on "${table}" using (case when ${IS_OF_FEW_ROWS} then ${row} else ${all} end);`);
  }

  override down(): void | Promise<void> {
    for (const { table, policy, all } of READINGS) this.addSql(`alter policy ${policy} on "${table}" using (${all});`);
  }

}
