import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { countChanges, noteDeltas, type Noted } from "../../counters/count.store.ts";
import { firstDaysOf, noteUnits, renewFirstDays } from "../../counters/record-unit.store.ts";
import { compareWithStored, judgeRepeated, type RecordTable } from "../../imports/compare.store.ts";
import { isOfImport, type Staged, STATUSES } from "../../imports/stage.ts";
import { dossierEvents, pauseColumns } from "../dossier-count.event.ts";
import { DOSSIER_RECORDS } from "../dossier-records.ts";

/** Columns that the stage and the table of dossiers share; the province, the source and the code come before them. */
const SHARED = [
  ...["unit_id", "slot", "received_by_id", "procedure_id", "field_id", "channel", "state", "submitted_at", "received_at", "due_at"],
  ...["due_provisional", "extended_to", "current_due_at", "ended_at", "returned_at", "updated_at", "received_on", "ended_on", "due_on"],
  ...["dated_on", "outcome", "working_days", "has_fee", "is_full", "digitised", "paid_online", "electronic_result", "pauses", "digest"],
] as const;
export const sharedNames = sql.join(SHARED.map((name) => sql.ref(name)));
export const sharedColumns = (of: string) => sql.join(SHARED.map((name) => sql.ref(`${of}.${name}`)));

export const DOSSIER_TABLE: RecordTable = { kind: "DOSSIERS", table: "dossier", unit: "unit_id" };

/** Gives each staged row its status. The caller holds the locks of the source and the catalogue. */
export const classifyStage = async (em: EntityManager, staged: Staged): Promise<void> => {
  // A procedure may have changed after the rows were read; the shared lock of the catalogue prevents further changes.
  await sql`
    update ${staged.stage} s set field_id = p.field_id, has_fee = p.has_fee, is_full = p.service_level = 'FULL' from procedure p
    where ${isOfImport(staged)} and p.id = s.procedure_id and (p.field_id, p.has_fee, p.service_level = 'FULL') <> (s.field_id, s.has_fee, s.is_full)`.execute(
    em.getKysely(),
  );
  await judgeRepeated(em, staged);
  await compareWithStored(em, DOSSIER_TABLE, staged);
};

const changed = sql`s.status in (${sql.lit(STATUSES.CREATED)}, ${sql.lit(STATUSES.UPDATED)})`;

/** The staged dossiers as relation `d` with the columns of the table. */
const stagedDossiers = (staged: Staged) => sql`(
  select s.province_id, ${staged.sourceId}::int as source_id, s.code, ${sharedColumns("s")} from ${staged.stage} s where ${isOfImport(staged)} and ${changed}) d`;

const stagedPauses = (staged: Staged) => sql`
  select s.province_id, ${staged.sourceId}::int as source_id, s.code, x.position::smallint, s.unit_id, x.reason, x.from_at, x.to_at, x.is_late
  from ${staged.stage} s cross join unnest(s.pause_reason, s.pause_from, s.pause_to, s.pause_late) with ordinality x(reason, from_at, to_at, is_late, position)
  where ${isOfImport(staged)} and ${changed} and s.pauses > 0`;

/** The stored dossiers that the stage replaces or names. */
const storedDossiers = (staged: Staged) => sql`(
  select k.* from dossier k join ${staged.stage} s on s.province_id = k.province_id and s.code = k.code
  where k.source_id = ${staged.sourceId} and ${isOfImport(staged)} and s.status = ${sql.lit(STATUSES.UPDATED)}) d`;
const storedPauses = sql`(select ${pauseColumns} from dossier_pause p) p`;

/** Records the counter changes of new and newer rows; must run before they replace the old rows. */
export const noteChanges = (em: EntityManager, staged: Staged): Promise<void> =>
  noteDeltas(em, DOSSIER_RECORDS, staged, [
    dossierEvents({ dossiers: storedDossiers(staged), pauses: storedPauses, sign: -1 }),
    dossierEvents({ dossiers: stagedDossiers(staged), pauses: sql`(select ${pauseColumns} from (${stagedPauses(staged)}) p) p`, sign: 1 }),
  ]);

/** Writes new and newer rows and the status of their units; `countDossierChanges` changes the counters later. */
export const writeStage = async (em: EntityManager, staged: Staged, at: Date): Promise<void> => {
  const db = em.getKysely();
  const ofSource = { rules: DOSSIER_RECORDS, sourceId: staged.sourceId };
  const lost = await firstDaysOf(em, storedDays(staged));
  await noteUnits(em, ofSource, at, [sentRecords(staged), replacedRecords(staged)]);
  await sql`
    delete from dossier_pause p using ${staged.stage} s where ${isOfImport(staged)} and s.status = ${sql.lit(STATUSES.UPDATED)}
      and p.province_id = s.province_id and p.source_id = ${staged.sourceId} and p.code = s.code`.execute(db);
  await sql`
    update dossier d set ${sql.join(SHARED.map((name) => sql`${sql.ref(name)} = ${sql.ref(`s.${name}`)}`))}
    from ${staged.stage} s where ${isOfImport(staged)} and s.status = ${sql.lit(STATUSES.UPDATED)}
      and d.province_id = s.province_id and d.source_id = ${staged.sourceId} and d.code = s.code`.execute(db);
  await sql`
    insert into dossier (province_id, source_id, code, ${sharedNames})
    select s.province_id, ${staged.sourceId}, s.code, ${sharedColumns("s")} from ${staged.stage} s where ${isOfImport(staged)} and s.status = ${sql.lit(STATUSES.CREATED)}`.execute(
    db,
  );
  await sql`insert into dossier_pause (province_id, source_id, code, position, unit_id, reason, from_at, to_at, is_late) ${stagedPauses(staged)}`.execute(
    db,
  );
  await renewFirstDays(em, ofSource, lost);
};

/** Deletes the dossiers that the stage names, and subtracts them from the counters. */
export const retractStage = async (em: EntityManager, staged: Staged, at: Date): Promise<void> => {
  const ofSource = { rules: DOSSIER_RECORDS, sourceId: staged.sourceId };
  await noteDeltas(em, DOSSIER_RECORDS, staged, [dossierEvents({ dossiers: storedDossiers(staged), pauses: storedPauses, sign: -1 })]);
  const lost = await firstDaysOf(em, storedDays(staged));
  await noteUnits(em, ofSource, at, [replacedRecords(staged)]);
  for (const table of ["dossier_pause", "dossier"])
    await sql`
      delete from ${sql.table(table)} d using ${staged.stage} s where ${isOfImport(staged)} and s.status = ${sql.lit(STATUSES.UPDATED)}
        and d.province_id = s.province_id and d.source_id = ${staged.sourceId} and d.code = s.code`.execute(em.getKysely());
  await renewFirstDays(em, ofSource, lost);
  await countDossierChanges(em, staged);
};

/** Applies the recorded changes to the counters, as the last step of a transaction. */
export const countDossierChanges = (em: EntityManager, noted: Noted): Promise<void> => countChanges(em, DOSSIER_RECORDS, noted);

const storedDays = (staged: Staged) => sql`select d.province_id, d.unit_id, d.received_on as counted_on from ${storedDossiers(staged)}`;

/** Records that arrive; a unit whose records did not change counts as imported too. */
const sentRecords = (staged: Staged) => sql`
      select d.province_id, d.unit_id, (d.received_on is not null)::int as records, d.received_on as counted_on from ${stagedDossiers(staged)}
      union all
      select s.province_id, s.unit_id, 0, null from ${staged.stage} s where ${isOfImport(staged)} and s.status in (${sql.lit(STATUSES.UNCHANGED)}, ${sql.lit(STATUSES.STALE)})`;

/** Records that an update replaces or a retraction removes. */
const replacedRecords = (staged: Staged) => sql`
      select d.province_id, d.unit_id, -(d.received_on is not null)::int as records, null::date as counted_on from ${storedDossiers(staged)}`;
