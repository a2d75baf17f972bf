// Row-level security for Citus. In plain PostgreSQL a subquery looks up the covered units once per statement; Citus refuses subqueries, so functions check each row. Both
// pass the same rows.

const reads = "current_setting('cchc.reads', true)";
const writes = "current_setting('cchc.writes', true)";
const isSeen = `viewer_covers(unit_id, ${reads}) or viewer_covers_source(source_id, ${writes})`;
const isWritten = `viewer_covers(unit_id, ${writes})`;
const isTaskChanged = `viewer_covers(lead_id, ${writes}) or viewer_covers(assigner_id, ${writes})`;
const isSent = `viewer_covers_system(source_id, ${writes})`;
const isTaskEventWritten = `viewer_covers_any(seen_by, ${writes})`;

const covers = (grants: string, ...columns: readonly string[]) =>
  columns.map((column) => `viewer_covers(${column}, ${grants})`).join(" or ");
const isOrganised = covers(writes, "organiser_id");
const isAppraised = `viewer_covers_any(appraiser_ids, ${writes})`;
const isScored = covers(reads, "unit_id", "organiser_id");
const isScoring = covers(writes, "unit_id", "organiser_id");
const isScoringItem = covers(writes, "unit_id", "organiser_id", "appraiser_id");

const condition = (name: string, args: string, body: string) =>
  `create or replace function ${name}(${args}) returns boolean language sql stable set search_path = pg_catalog, public, pg_temp as $$ ${body} $$`;

const both = (expression: string) => `using (${expression}) with check (${expression})`;

/** Idempotent statements that replace the other conditions. */
export const ROW_CONDITIONS = {
  functions: [
    condition(
      "viewer_covers_source",
      "source int, grants text",
      "select exists (select from public.source s where s.id = source and public.viewer_covers(s.unit_id, grants))",
    ),
    condition(
      "viewer_covers_system",
      "source int, grants text",
      "select exists (select from public.source s where s.id = source and s.name <> '@tasks' and public.viewer_covers(s.unit_id, grants))",
    ),
    condition(
      "viewer_covers_draft",
      "source int, grants text",
      "select exists (select from public.source s where s.id = source and s.state = 'DRAFT' and public.viewer_covers(s.unit_id, grants))",
    ),
    condition("viewer_sees_rubric", "rubric int", "select exists (select from public.rubric r where r.id = rubric)"),
    condition(
      "viewer_covers_rubric",
      "rubric int, grants text",
      "select exists (select from public.rubric r where r.id = rubric and r.state = 'DRAFT' and public.viewer_covers(r.organiser_id, grants))",
    ),
    condition("viewer_sees_source", "source int", "select exists (select from public.source s where s.id = source)"),
    condition(
      "viewer_covers_any",
      "units int[], grants text",
      "select exists (select from unnest(units) u(id) where public.viewer_covers(u.id, grants))",
    ),
    condition(
      "viewer_covers_country",
      "grants text",
      "select exists (select from public.unit_version v where v.tier = 'COUNTRY' and public.viewer_covers(v.unit_id, grants))",
    ),
    condition(
      "viewer_sees_set",
      "set int, grants text",
      "select exists (select from public.rollup_set s where s.id = set and public.viewer_sees_drafts(s.drafts, grants))",
    ),
  ],
  policies: [
    `alter policy audit_read on audit_entry using (viewer_covers(unit_id, ${reads}))`,
    `alter policy dossier_read on dossier using (${isSeen})`,
    `alter policy dossier_insert on dossier with check (${isWritten})`,
    `alter policy dossier_update on dossier ${both(isWritten)}`,
    `alter policy dossier_delete on dossier using (${isWritten})`,
    `alter policy pause_read on dossier_pause using (${isSeen})`,
    `alter policy pause_write on dossier_pause using (${isWritten})`,
    `alter policy range_insert on record_range with check (${isWritten})`,
    `alter policy range_update on record_range ${both(isWritten)}`,
    `alter policy range_delete on record_range using (${isWritten})`,
    "alter policy figure_read on figure using (viewer_sees_source(source_id))",
    `alter policy figure_insert on figure with check (viewer_covers_draft(source_id, ${writes}))`,
    `alter policy task_read on task using (viewer_covers_any(coordinator_ids || lead_id || assigner_id, ${reads}) or is_imported and ${isSent})`,
    `alter policy task_insert on task with check (not is_imported and viewer_covers(assigner_id, ${writes})
      or is_imported and viewer_covers(lead_id, ${writes}) and ${isSent})`,
    `alter policy task_delete on task using (is_imported and viewer_covers(lead_id, ${writes}) and ${isSent})`,
    `alter policy task_event_delete on task_event using (${isSent})`,
    `alter policy task_update on task ${both(isTaskChanged)}`,
    `alter policy task_event_read on task_event using (viewer_covers_any(seen_by, ${reads}))`,
    `alter policy task_event_insert on task_event with check (${isTaskEventWritten})`,
    `alter policy task_event_update on task_event ${both(isTaskEventWritten)}`,
    `alter policy task_coordinator_read on task_coordinator using (viewer_covers(unit_id, ${reads}) or ${isTaskChanged})`,
    `alter policy task_coordinator_insert on task_coordinator with check (${isTaskChanged})`,
    `alter policy task_coordinator_delete on task_coordinator using (${isTaskChanged})`,
    `alter policy task_number_write on task_number using (viewer_covers_source(source_id, ${writes}))`,
    `alter policy rubric_read on rubric using (state = 'PUBLISHED' or ${covers(reads, "organiser_id")})`,
    `alter policy rubric_insert on rubric with check (state = 'DRAFT' and ${isOrganised})`,
    `alter policy rubric_update on rubric using (state = 'DRAFT' and ${isOrganised}) with check (${isOrganised})`,
    "alter policy criterion_read on criterion using (viewer_sees_rubric(rubric_id))",
    `alter policy criterion_insert on criterion with check (viewer_covers_rubric(rubric_id, ${writes}))`,
    `alter policy cycle_read on assessment_cycle using (viewer_covers_any(member_ids || organiser_id, ${reads}) or ${isAppraised})`,
    `alter policy cycle_insert on assessment_cycle with check (${isOrganised})`,
    `alter policy cycle_update on assessment_cycle ${both(isOrganised)}`,
    `alter policy sheet_read on score_sheet using (${isScored} or ${isAppraised})`,
    `alter policy sheet_insert on score_sheet with check (${isOrganised})`,
    `alter policy sheet_update on score_sheet ${both(isScoring)}`,
    `alter policy item_read on score_item using (${isScored} or ${covers(writes, "appraiser_id")})`,
    `alter policy item_insert on score_item with check (${isOrganised})`,
    `alter policy item_update on score_item ${both(isScoringItem)}`,
    ...["score_adjustment", "survey_answer"].flatMap((table) => [
      `alter policy ${table}_read on ${table} using (${isScored})`,
      `alter policy ${table}_insert on ${table} with check (${isOrganised})`,
      `alter policy ${table}_update on ${table} ${both(isOrganised)}`,
    ]),
    ...["ranking_publication", "published_score", "published_sheet"].map(
      (table) => `alter policy ${table}_insert on ${table} with check (${isOrganised})`,
    ),
    `alter policy published_sheet_read on published_sheet using (${isScored})`,
    `alter policy ranking_publication_update on ranking_publication ${both(isOrganised)}`,
    `alter policy calendar_write on work_calendar_day using (viewer_covers_country(${writes}))`,
    ...["dossier_rollup", "task_rollup", "service_rollup", "rollup_source", "rollup_knowledge"].map(
      (part) => `alter policy ${part}_read on ${part} using (set_id > 0 or viewer_sees_set(set_id, ${reads}))`,
    ),
  ],
} as const;

export const isFitForCitus = ({ tree }: { readonly tree: string }): boolean => !tree.includes("{SUBLINK ");
