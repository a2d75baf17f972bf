import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { type Channel, CHANNELS, derive, DOSSIER_STATES, type DossierFacts, PAUSE_REASONS } from "../../src/dossiers/dossier-state.ts";
import { dayOfEpoch, instantText } from "../../src/lib/time/date.ts";
import { WorkCalendar } from "../../src/calendar/work-calendar.ts";

/** A dossier stored without checks, by internal numbers. */
export interface DossierDraft {
  readonly code: string;
  readonly sourceNo: number;
  readonly provinceNo: number;
  readonly unitNo: number;
  /** Default: unitNo. */
  readonly receivedByNo?: number;
  readonly procedureNo: number;
  readonly fieldNo: number;
  /** Default: DIRECT. */
  readonly channel?: Channel;
  readonly facts: DossierFacts;
}

const weeks = new WorkCalendar([]);

/** What follows from the facts, where only weekends are off and no law sets a limit. */
export const derivedOf = (facts: DossierFacts) => derive(facts, null, weeks);

const instant = (ms: number | null) => (ms === null ? null : instantText(ms));
const day = (epoch: number | null) => (epoch === null ? null : dayOfEpoch(epoch));

const rowOf = ({ facts, channel = "DIRECT", ...draft }: DossierDraft) => {
  const derived = derivedOf(facts);
  return {
    ...{ province_id: draft.provinceNo, source_id: draft.sourceNo, code: draft.code, unit_id: draft.unitNo, slot: 0 },
    ...{ received_by_id: draft.receivedByNo ?? draft.unitNo, procedure_id: draft.procedureNo, field_id: draft.fieldNo },
    ...{ channel: CHANNELS.indexOf(channel) + 1, state: DOSSIER_STATES.indexOf(facts.state) + 1 },
    ...{ submitted_at: instant(facts.submittedAt), received_at: instant(facts.receivedAt), due_at: instant(derived.dueAt) },
    ...{ due_provisional: derived.dueProvisional, extended_to: instant(facts.extendedTo), current_due_at: instant(derived.currentDueAt) },
    ...{ ended_at: instant(facts.endedAt), returned_at: instant(facts.returnedAt), updated_at: instant(facts.updatedAt) },
    ...{ received_on: day(derived.receivedOn), ended_on: day(derived.endedOn), due_on: day(derived.dueOn), dated_on: day(derived.datedOn) },
    ...{ outcome: derived.outcome, working_days: derived.workingDays, has_fee: false, is_full: false },
    ...{ pauses: facts.pauses.length, digest: "00000000-0000-0000-0000-000000000000" },
  };
};

const pausesOf = ({ facts, ...draft }: DossierDraft) =>
  facts.pauses.map(({ reason, from, to }, position) => ({
    ...{ province_id: draft.provinceNo, source_id: draft.sourceNo, code: draft.code, position, unit_id: draft.unitNo, is_late: false },
    ...{ reason: PAUSE_REASONS.indexOf(reason) + 1, from_at: instant(from), to_at: instant(to) },
  }));

/** Keeps dossiers and their pauses, and where they are, as an import does; the counters stay as they were. */
export const insertDossiers = async (em: EntityManager, drafts: readonly DossierDraft[]): Promise<void> => {
  const db = em.getKysely();
  const [rows, pauses] = [JSON.stringify(drafts.map(rowOf)), JSON.stringify(drafts.flatMap(pausesOf))];
  await sql`insert into dossier select * from jsonb_populate_recordset(null::dossier, ${rows}::jsonb)`.execute(db);
  await sql`insert into dossier_pause select * from jsonb_populate_recordset(null::dossier_pause, ${pauses}::jsonb)`.execute(db);
  await sql`
    insert into record_unit (province_id, unit_id, kind, source_id, records, first_on, last_import_at)
    select province_id, unit_id, 'DOSSIERS', source_id, count(received_on), min(received_on), max(updated_at)
    from jsonb_populate_recordset(null::dossier, ${rows}::jsonb) group by 1, 2, 4
    on conflict (province_id, unit_id, kind, source_id) do update set records = record_unit.records + excluded.records`.execute(db);
};

/** A system that sends records, of a unit; its internal number. */
export const insertSource = async (em: EntityManager, key: string, unitNo: number): Promise<number> => {
  const { rows } = await sql<{ no: number }>`
    insert into source (key, kind, title, unit_id) values (${key}, 'RECORDS', ${`Hệ thống ${key}`}, ${unitNo}) returning id as no`.execute(
    em.getKysely(),
  );
  return rows[0]!.no;
};

/** Returns the numbers of a procedure and its field, and creates them if they do not exist. */
export const insertProcedure = async (
  em: EntityManager,
  code: string,
  field: string,
): Promise<{ procedureNo: number; fieldNo: number }> => {
  const { rows } = await sql<{ procedureNo: number; fieldNo: number }>`
    with made as (
      insert into procedure_field (code, name) values (${field}, ${`Lĩnh vực ${field}`}) on conflict (code) do update set name = excluded.name returning id
    )
    insert into procedure (code, name, words, field_id, competence, service_level, has_fee)
    select ${code}, ${`Thủ tục ${code}`}, '', id, 'COMMUNE', 'FULL', false from made returning id as "procedureNo", field_id as "fieldNo"`.execute(
    em.getKysely(),
  );
  return rows[0]!;
};

/** Internal numbers of units by their ids, in order. */
export const unitNumbers = async (em: EntityManager, ids: readonly string[]): Promise<number[]> => {
  const { rows } = await sql<{ no: number }>`
    select u.id as no from unnest(${ids}::text[]) with ordinality k(key, i) join unit u on u.key = k.key order by k.i`.execute(
    em.getKysely(),
  );
  if (rows.length !== ids.length) throw new Error(`Of ${ids.join(", ")} only ${rows.length} are units`);
  return rows.map(({ no }) => no);
};
