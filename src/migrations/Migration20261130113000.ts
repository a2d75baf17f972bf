import { Migration } from '@mikro-orm/migrations';

const COUNTS = [
  "opened_with_deadline", "opened_without_deadline", "opened_delegated", "opened_extended", "completed_on_time", "completed_late",
  "completed_without_deadline", "completed_delegated", "completed_extended", "past_due", "due", "due_completed_on_time",
];
const WITHIN_SCOPE = `"grain" > 0 or coalesce(current_setting('cchc.reads', true), '') <> ''`;

const HAS_DEADLINE = "isfinite(d.deadline)";
const OPENED = [HAS_DEADLINE, `not ${HAS_DEADLINE}`, "d.parent_code is not null", `${HAS_DEADLINE} and d.deadline <> d.original_deadline`];
const COMPLETED = [`${HAS_DEADLINE} and d.completed_on <= d.deadline`, `${HAS_DEADLINE} and d.completed_on > d.deadline`, `not ${HAS_DEADLINE}`, OPENED[2]!, OPENED[3]!];
const WAITS = "case when d.completed_on is null then d.done_on end";
const [FROM, UNTIL] = ["greatest(d.deadline + 1, d.assigned_on)", "least(d.completed_on, d.cancelled_on)"];
const OVERDUE = `task d cross join lateral unnest(case when not ${HAS_DEADLINE} or ${WAITS} <= d.deadline or ${UNTIL} <= ${FROM} then '{}'::datemultirange
  else datemultirange(daterange(${FROM}, ${UNTIL})) - (case when ${WAITS} is null then d.postponed else d.postponed * datemultirange(daterange(null, ${WAITS})) end) end) r(days)`;

const event = (day: string, from: string, first: number, values: readonly string[]) =>
  `select d.province_id, d.lead_id as unit_id, d.slot, ${day} as day, ${COUNTS.map((name, n) => `${values[n - first] ?? "0"} as ${name}`).join()} from ${from}`;
const numbers = (conditions: readonly string[], sign = "") => conditions.map((condition) => `${sign}coalesce((${condition})::int, 0)`);
const EVENTS = [
  event("d.assigned_on", "task d", 0, numbers(OPENED)),
  event("d.cancelled_on", "task d where d.cancelled_on is not null", 0, numbers(OPENED, "-")),
  event("d.completed_on", "task d where d.completed_on is not null", 4, numbers(COMPLETED)),
  event("lower(r.days)", OVERDUE, 9, ["1"]),
  event("upper(r.days)", `${OVERDUE} where upper(r.days) is not null`, 9, ["-1"]),
  event("d.deadline", `task d where ${HAS_DEADLINE} and d.cancelled_on is null`, 10, ["1", ...numbers([COMPLETED[0]!])]),
].join(" union all ");

const STARTS = [
  "e.day",
  "(date_trunc('month', e.day::timestamp)::date + case when date_part('day', e.day::timestamp) >= 15 then 14 else 0 end)",
  "date_trunc('quarter', e.day::timestamp)::date",
  "date_trunc('year', e.day::timestamp)::date",
];

const SLOT = `coalesce((select array_position('{COUNTRY,PROVINCE,DISTRICT,COMMUNE}'::text[], coalesce(v.tier, s.tier)) from unit_version v
  left join unit_version s on v.kind in ('DEPARTMENT', 'DIVISION') and s.unit_id = v.parent_id
    and s.valid_from <= least(greatest(t.assigned_on, v.valid_from), v.valid_to - 1)
    and (s.valid_to is null or s.valid_to > least(greatest(t.assigned_on, v.valid_from), v.valid_to - 1))
  where v.unit_id = t.lead_id
  order by v.valid_from <= t.assigned_on desc, case when v.valid_from <= t.assigned_on then v.valid_from end desc, v.valid_from limit 1), 0)`;

export class Migration20261130113000 extends Migration {

  override name = 'Migration20261130113000';

  override up(): void | Promise<void> {
    this.addSql(`create table "task_tree_count" ("province_id" int not null, "edition_id" int not null, "target_id" int not null, "slot" smallint not null, "certain" boolean not null, "grain" smallint not null, "starts_on" date not null, "opened_with_deadline" bigint not null default '0', "opened_without_deadline" bigint not null default '0', "opened_delegated" bigint not null default '0', "opened_extended" bigint not null default '0', "completed_on_time" bigint not null default '0', "completed_late" bigint not null default '0', "completed_without_deadline" bigint not null default '0', "completed_delegated" bigint not null default '0', "completed_extended" bigint not null default '0', "past_due" bigint not null default '0', "due" bigint not null default '0', "due_completed_on_time" bigint not null default '0', primary key ("province_id", "edition_id", "target_id", "slot", "certain", "grain", "starts_on"));`);
    this.addSql(`create index "task_tree_count_edition_id_target_id_grain_starts_on_index" on "task_tree_count" ("edition_id", "target_id", "grain", "starts_on");`);

    this.addSql(`create table "task_unit_count" ("province_id" int not null, "unit_id" int not null, "grain" smallint not null, "starts_on" date not null, "slot" smallint not null, "opened_with_deadline" int not null default 0, "opened_without_deadline" int not null default 0, "opened_delegated" int not null default 0, "opened_extended" int not null default 0, "completed_on_time" int not null default 0, "completed_late" int not null default 0, "completed_without_deadline" int not null default 0, "completed_delegated" int not null default 0, "completed_extended" int not null default 0, "past_due" int not null default 0, "due" int not null default 0, "due_completed_on_time" int not null default 0, primary key ("province_id", "unit_id", "grain", "starts_on", "slot"));`);

    this.addSql(`alter table "record_unit" alter column "last_import_at" drop not null;`);
    this.addSql(`comment on column "record_unit"."last_import_at" is 'Null where none was imported';`);

    this.addSql(`alter table "task" add "slot" smallint not null default 0;`);
    this.addSql(`comment on column "task"."slot" is 'Tier in which it counts: 1 country to 4 commune; 0 outside all tiers';`);

    this.addSql(`alter table "task_rollup" add "due_on_time_rate_part" bigint null, add "due_on_time_rate_of" bigint null, add "due_on_time_rate_whole" bigint null;`);

    this.addSql(`create unlogged table "task_delta" ("import" uuid not null, like "task_unit_count" including defaults excluding constraints);`);
    this.addSql(`create index "task_delta_import_index" on "task_delta" ("import", "grain");`);
    this.addSql(`grant select, insert, update on "task_unit_count" to cchc_service;`);
    this.addSql(`grant select, insert, update, delete on "task_tree_count", "task_delta" to cchc_service;`);
    this.addSql(`grant update ("slot") on "task" to cchc_service;`);
    for (const table of ["task_unit_count", "task_tree_count"]) {
      this.addSql(`alter table "${table}" enable row level security;`);
      this.addSql(`create policy ${table}_read on "${table}" for select to cchc_service using (${WITHIN_SCOPE});`);
      this.addSql(`create policy ${table}_insert on "${table}" for insert to cchc_service with check (true);`);
      this.addSql(`create policy ${table}_update on "${table}" for update to cchc_service using (true) with check (true);`);
      this.addSql(`create policy ${table}_delete on "${table}" for delete to cchc_service using (true);`);
    }

    // Tasks that are there are counted; the service adds the counters up to the units of each hierarchy when it starts.
    this.addSql(`update task t set slot = ${SLOT};`);
    this.addSql(`insert into record_unit (province_id, unit_id, kind, source_id, records, first_on)
      select province_id, lead_id, 'TASKS', source_id, count(*), min(assigned_on) from task group by 1, 2, 4;`);
    const columns = COUNTS.join();
    const sums = COUNTS.map((name) => `sum(${name})`);
    for (const [grain, start] of STARTS.entries())
      this.addSql(`insert into task_unit_count (province_id, unit_id, slot, grain, starts_on, ${columns})
        select province_id, unit_id, slot, ${grain}, ${start}, ${sums.join()} from (${EVENTS}) e group by 1, 2, 3, 5 having ${sums.map((sum) => `${sum} <> 0`).join(" or ")};`);
    this.addSql(`update edition set records_counted = false;`);
    this.addSql(`delete from rollup_set;`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table "task_delta";`);
    this.addSql(`delete from "record_unit" where "kind" = 'TASKS' or "last_import_at" is null;`);
    this.addSql(`drop table if exists "task_tree_count" cascade;`);
    this.addSql(`drop table if exists "task_unit_count" cascade;`);

    this.addSql(`alter table "record_unit" alter column "last_import_at" set not null;`);
    this.addSql(`comment on column "record_unit"."last_import_at" is null;`);

    this.addSql(`alter table "task" drop column "slot";`);

    this.addSql(`alter table "task_rollup" drop column "due_on_time_rate_part", drop column "due_on_time_rate_of", drop column "due_on_time_rate_whole";`);
  }

}
