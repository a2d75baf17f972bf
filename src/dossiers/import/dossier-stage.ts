import { hash } from "node:crypto";
import { dayOfEpoch, epochDay, epochDayOf, instantText, MS_PER_DAY } from "../../lib/time/date.ts";
import { LOCAL_OFFSET, LOCAL_OFFSET_MS } from "../../lib/time/local-time.ts";
import type { WorkCalendar } from "../../calendar/work-calendar.ts";
import type { UnitPlace, UnitPlaces } from "../../hierarchy/unit-places.ts";
import type { ImportRowProblem } from "../../imports/import-report.ts";
import { RowProblems, shortened } from "../../imports/row-problems.ts";
import { type StagedRow, STATUSES } from "../../imports/stage.ts";
import type { StageShape } from "../../imports/stage-table.ts";
import { CHANNELS, derive, DOSSIER_STATES, type DossierFacts, PAUSE_REASONS, type PauseFacts } from "../dossier-state.ts";
import { problemsOf } from "../dossier-problems.ts";
import { numberOfTier } from "../../counters/record-sums.store.ts";

/** One dossier as sent by its system; instants are texts. */
export interface DossierRow {
  readonly code: string;
  readonly procedure: string;
  readonly unit: string;
  readonly receivedBy?: string | null | undefined;
  readonly channel: string;
  readonly state: string;
  readonly submittedAt?: string | null | undefined;
  readonly receivedAt?: string | null | undefined;
  readonly dueAt?: string | null | undefined;
  readonly extendedTo?: string | null | undefined;
  readonly endedAt?: string | null | undefined;
  readonly returnedAt?: string | null | undefined;
  readonly pauses: readonly { readonly reason: string; readonly from: string; readonly to?: string | null | undefined }[];
  readonly digitised?: boolean | null | undefined;
  readonly paidOnline?: boolean | null | undefined;
  readonly electronicResult?: boolean | null | undefined;
  readonly updatedAt: string;
}

export interface ProcedureFacts {
  readonly id: number;
  readonly fieldId: number;
  readonly workingDays: number | null;
  readonly hasFee: boolean;
  readonly isFull: boolean;
}

export interface ImportReferences {
  readonly calendar: WorkCalendar;
  readonly procedures: ReadonlyMap<string, ProcedureFacts>;
  readonly units: UnitPlaces;
  /** The server's clock, in milliseconds. */
  readonly now: number;
  /** True if the caller may write records of the unit. */
  readonly isCovered: (unitNo: number) => boolean;
}

export const DOSSIER_STAGE: StageShape = {
  stage: "dossier_stage",
  deltas: "dossier_delta",
  columns: [
    ...["row", "status", "problem", "province_id", "code", "unit_id", "slot", "received_by_id", "procedure_id", "field_id", "channel"],
    ...["state", "submitted_at", "received_at", "due_at", "due_provisional", "extended_to", "current_due_at", "ended_at", "returned_at"],
    ...["updated_at", "received_on", "ended_on", "due_on", "dated_on", "outcome", "working_days", "has_fee", "is_full", "digitised"],
    ...["paid_online", "electronic_result", "pauses", "digest", "pause_reason", "pause_from", "pause_to", "pause_late"],
  ],
};

const LAST_DAY = epochDay("9999-12-31");

/** Converts a row to a staged row, or returns its problems. */
export const stageRow = (references: ImportReferences, number: number, row: DossierRow): StagedRow | readonly ImportRowProblem[] => {
  const problems = new RowProblems();
  problems.code("code", row.code);
  const facts = factsOf(problems, row);
  const procedure = references.procedures.get(row.procedure);
  if (!procedure)
    problems.add(
      "procedure",
      "PROCEDURE_UNKNOWN",
      `procedure: ${shortened(row.procedure)} is not in the catalogue of procedures`,
      row.procedure,
    );
  if (problems.found.length > 0) return problems.found;
  problems.found.push(...problemsOf(facts, references.now));
  if (problems.found.length > 0) return problems.found;
  const derived = derive(facts, procedure!.workingDays, references.calendar);
  if (derived.currentDueAt !== null && epochDayOf(derived.currentDueAt) > LAST_DAY) {
    const field = facts.extendedTo === null ? "dueAt" : "extendedTo";
    const due = instantText((facts.extendedTo ?? derived.dueAt)!);
    problems.add(field, "DUE_TOO_LATE", `${field}: ${due} is after 9999-12-31 when the pauses are added; must be an earlier day`);
    return problems.found;
  }
  const day = dayOfEpoch(derived.datedOn);
  const unit = problems.unit(references.units, "unit", row.unit, day);
  const receivedBy = row.receivedBy == null ? unit : problems.unit(references.units, "receivedBy", row.receivedBy, day);
  if (unit && !references.isCovered(unit.unitNo)) problems.outside("unit", row.unit);
  if (problems.found.length > 0) return problems.found;
  return staged(number, row, facts, procedure!, unit!, receivedBy!, derived);
};

const factsOf = (problems: RowProblems, row: DossierRow): DossierFacts => {
  problems.oneOf("channel", row.channel, CHANNELS);
  const pauses = row.pauses.map(({ reason, from, to }, n): PauseFacts => ({
    reason: problems.oneOf(`pauses[${n}].reason`, reason, PAUSE_REASONS),
    from: problems.instant(`pauses[${n}].from`, from) ?? 0,
    to: problems.instant(`pauses[${n}].to`, to),
  }));
  if (pauses.length > 100) problems.add("pauses", "TOO_MANY_PAUSES", `pauses: ${pauses.length} are too many; must contain at most 100`);
  return {
    state: problems.oneOf("state", row.state, DOSSIER_STATES),
    submittedAt: problems.instant("submittedAt", row.submittedAt),
    receivedAt: problems.instant("receivedAt", row.receivedAt),
    dueAt: problems.instant("dueAt", row.dueAt),
    extendedTo: problems.instant("extendedTo", row.extendedTo),
    endedAt: problems.instant("endedAt", row.endedAt),
    returnedAt: problems.instant("returnedAt", row.returnedAt),
    pauses: pauses.toSorted((a, b) => a.from - b.from),
    updatedAt: problems.instant("updatedAt", row.updatedAt) ?? 0,
  };
};

/** The original text is stored if PostgreSQL reads it as the same instant: PostgreSQL would round fractions of a second. */
const originalText = (text: string | null | undefined, time: number | null): string | null =>
  time !== null && text != null && text.endsWith(LOCAL_OFFSET) && !text.includes(".") ? text : instantOf(time);

/** An instant as day and time in Asia/Ho_Chi_Minh. */
const instantOf = (time: number | null): string | null => {
  if (time === null) return null;
  const day = epochDayOf(time);
  const ms = time + LOCAL_OFFSET_MS - day * MS_PER_DAY;
  return `${dayOfEpoch(day)}T${two(ms / 3_600_000)}:${two((ms % 3_600_000) / 60_000)}:${two((ms % 60_000) / 1000)}.${String(ms % 1000).padStart(3, "0")}${LOCAL_OFFSET}`;
};
const two = (count: number): string => (count < 10 ? `0${Math.floor(count)}` : String(Math.floor(count)));
const dateOf = (day: number | null) => (day === null ? null : dayOfEpoch(day));

const staged = (
  number: number,
  row: DossierRow,
  facts: DossierFacts,
  procedure: ProcedureFacts,
  unit: UnitPlace,
  receivedBy: UnitPlace,
  derived: ReturnType<typeof derive>,
): StagedRow => {
  const flags = { digitised: row.digitised ?? null, paid_online: row.paidOnline ?? null, electronic_result: row.electronicResult ?? null };
  const { updatedAt, ...content } = facts;
  const digest = hash("md5", JSON.stringify([row.procedure, row.unit, row.receivedBy ?? row.unit, row.channel, content, flags]));
  return {
    row: number,
    status: STATUSES.CREATED,
    problem: null,
    province_id: unit.provinceNo,
    code: row.code,
    unit_id: unit.unitNo,
    slot: numberOfTier(unit.countsIn) ?? 0,
    received_by_id: receivedBy.unitNo,
    procedure_id: procedure.id,
    field_id: procedure.fieldId,
    has_fee: procedure.hasFee,
    is_full: procedure.isFull,
    channel: CHANNELS.indexOf(row.channel as never) + 1,
    state: DOSSIER_STATES.indexOf(facts.state) + 1,
    submitted_at: originalText(row.submittedAt, facts.submittedAt),
    received_at: originalText(row.receivedAt, facts.receivedAt),
    extended_to: originalText(row.extendedTo, facts.extendedTo),
    ended_at: originalText(row.endedAt, facts.endedAt),
    returned_at: originalText(row.returnedAt, facts.returnedAt),
    updated_at: originalText(row.updatedAt, updatedAt),
    ...derivedColumns(derived),
    ...flags,
    digest,
    ...pausesOf(facts, derived.dueOn),
  };
};

const derivedColumns = (derived: ReturnType<typeof derive>) => ({
  due_at: instantOf(derived.dueAt),
  due_provisional: derived.dueProvisional,
  current_due_at: instantOf(derived.currentDueAt),
  received_on: dateOf(derived.receivedOn),
  ended_on: dateOf(derived.endedOn),
  due_on: dateOf(derived.dueOn),
  dated_on: dayOfEpoch(derived.datedOn),
  outcome: derived.outcome,
  working_days: derived.workingDays,
});

/** A pause is late if it begins after the due day or repeats a request for a supplement (Decision 766, indicator 2.1). */
const pausesOf = ({ pauses }: DossierFacts, dueOn: number | null) => {
  if (pauses.length === 0) return { pauses: 0, pause_reason: null, pause_from: null, pause_to: null, pause_late: null };
  const first = pauses.findIndex(({ reason }) => reason === "SUPPLEMENT");
  return {
    pauses: pauses.length,
    pause_reason: pauses.map(({ reason }) => PAUSE_REASONS.indexOf(reason) + 1),
    pause_from: pauses.map(({ from }) => instantOf(from)),
    pause_to: pauses.map(({ to }) => instantOf(to)),
    pause_late: pauses.map(({ reason, from }, n) => (dueOn !== null && epochDayOf(from) > dueOn) || (reason === "SUPPLEMENT" && n > first)),
  };
};
