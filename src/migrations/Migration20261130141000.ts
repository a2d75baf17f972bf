import { Migration } from '@mikro-orm/migrations';

const READS = "current_setting('cchc.reads', true)";
const WRITES = "current_setting('cchc.writes', true)";
const unitsOf = (grants: string) => `select viewer_units(${grants})`;
/** Tasks that are assigned here belong to sources of this name, which send nothing. */
const IS_SENT = `"source_id" in (select s."id" from "source" s where s."name" <> '@tasks' and s."unit_id" in (${unitsOf(WRITES)}))`;

const isSeen = `"lead_id" in (${unitsOf(READS)}) or "assigner_id" in (${unitsOf(READS)}) or "coordinator_ids" && array(${unitsOf(READS)})`;
const isChanged = `"lead_id" in (${unitsOf(WRITES)}) or "assigner_id" in (${unitsOf(WRITES)})`;
const anyOf = (grants: string) => `"seen_by"[1] in (${unitsOf(grants)}) or "seen_by"[2] in (${unitsOf(grants)}) or "seen_by" && array(${unitsOf(grants)})`;
const isOfSource = `"source_id" in (select s."id" from "source" s where s."unit_id" in (${unitsOf(WRITES)}))`;

/** Both conditions pass the same rows: the first one checks each row, the other one looks all units up once a statement. */
const either = (row: string, all: string) => `case when coalesce(current_setting('cchc.rows', true), '') = 'few' then ${row} else ${all} end`;
/** A limit keeps the planner from reading all contributions; columns of the row bear the name of its table, because a contribution has some of the same names. */
const covers = (units: string, grants: string) => `exists (
  select from unnest(string_to_array(nullif(${grants}, ''), ',')) scope_grant(entry) cross join lateral (
    select from "contribution" c where c."edition_id" = split_part(scope_grant.entry, ':', 2)::int and c."target_id" = split_part(scope_grant.entry, ':', 1)::int
      and c."unit_id" = any(${units}) and c."certain" limit 1) c)`;

const changedOf = (table: string) => either(covers(`array["${table}"."lead_id", "${table}"."assigner_id"]`, WRITES), isChanged);
const [changed, coordinated] = [changedOf("task"), changedOf("task_coordinator")];
const written = either(covers(`"task_event"."seen_by"`, WRITES), anyOf(WRITES));
const both = (condition: string) => `using (${condition}) with check (${condition})`;
const numbered = (condition: string) => `alter policy task_number_write on "task_number" using (${condition});`;

const imported = { read: `"is_imported" and ${IS_SENT}`, insert: `"is_imported" and "lead_id" in (${unitsOf(WRITES)}) and ${IS_SENT}` };
const assigned = `"assigner_id" in (${unitsOf(WRITES)})`;

export class Migration20261130141000 extends Migration {

  override name = 'Migration20261130141000';

  override up(): void | Promise<void> {
    this.addSql(`alter policy task_read on "task" using (${either(covers(`array["task"."lead_id", "task"."assigner_id"] || "task"."coordinator_ids"`, READS), isSeen)} or ${imported.read});`);
    this.addSql(`alter policy task_insert on "task" with check (not "is_imported" and ${either(covers(`array["task"."assigner_id"]`, WRITES), assigned)} or ${imported.insert});`);
    this.addSql(`alter policy task_update on "task" ${both(changed)};`);
    this.addSql(`alter policy task_event_read on "task_event" using (${either(covers(`"task_event"."seen_by"`, READS), anyOf(READS))});`);
    this.addSql(`alter policy task_event_insert on "task_event" with check (${written});`);
    this.addSql(`alter policy task_event_update on "task_event" ${both(written)};`);
    this.addSql(`alter policy task_coordinator_read on "task_coordinator" using (${either(covers(`array["task_coordinator"."unit_id"]`, READS), `"unit_id" in (${unitsOf(READS)})`)} or ${coordinated});`);
    this.addSql(`alter policy task_coordinator_insert on "task_coordinator" with check (${coordinated});`);
    this.addSql(`alter policy task_coordinator_delete on "task_coordinator" using (${coordinated});`);
    this.addSql(numbered(either(`exists (select from "source" s where s."id" = "task_number"."source_id" and ${covers(`array[s."unit_id"]`, WRITES)})`, isOfSource)));
  }

  override down(): void | Promise<void> {
    this.addSql(`alter policy task_read on "task" using (${isSeen} or ${imported.read});`);
    this.addSql(`alter policy task_insert on "task" with check (not "is_imported" and ${assigned} or ${imported.insert});`);
    this.addSql(`alter policy task_update on "task" ${both(isChanged)};`);
    this.addSql(`alter policy task_event_read on "task_event" using (${anyOf(READS)});`);
    this.addSql(`alter policy task_event_insert on "task_event" with check (${anyOf(WRITES)});`);
    this.addSql(`alter policy task_event_update on "task_event" ${both(anyOf(WRITES))};`);
    this.addSql(`alter policy task_coordinator_read on "task_coordinator" using ("unit_id" in (${unitsOf(READS)}) or ${isChanged});`);
    this.addSql(`alter policy task_coordinator_insert on "task_coordinator" with check (${isChanged});`);
    this.addSql(`alter policy task_coordinator_delete on "task_coordinator" using (${isChanged});`);
    this.addSql(numbered(isOfSource));
  }

}
