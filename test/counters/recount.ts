import type { DossierRow } from "../../src/dossiers/import/dossier-stage.ts";
import { addDays, type Day, dayOf } from "../../src/lib/time/date.ts";
import type { CalendarDay } from "../../src/calendar/work-calendar.ts";
import type { Oracle } from "../rollups/oracle.ts";
import type { UnitHistory } from "../rollups/random-history.ts";
import { type Days, type Range, RecordOracle, type OracleRecord } from "./record-oracle.ts";

export const NUMBERS = [
  ...(["received", "receivedOnline", "receivedDirect", "receivedPostal", "carriedOver", "resolved", "resolvedEarly"] as const),
  ...([
    "resolvedOnTime",
    "resolvedOverdue",
    "inProcess",
    "inProcessNotDue",
    "inProcessOverdue",
    "withdrawn",
    "stopped",
    "inProcessPaused",
  ] as const),
] as const;
export type Numbers = Readonly<Record<(typeof NUMBERS)[number], number>>;

/** The input of a recount: the last update of each dossier, and the declared ranges. */
export interface Recorded {
  readonly dossiers: readonly DossierRow[];
  readonly ranges: readonly Range[];
  readonly calendar: readonly CalendarDay[];
  /** Working days of procedures by code; null where the law sets none. */
  readonly limits: Readonly<Record<string, number | null>>;
}

interface Counted extends OracleRecord {
  readonly channel: string;
  readonly received: Day;
  readonly ended: Day | null;
  readonly due: Day | null;
  readonly outcome: "resolved" | "withdrawn" | "stopped";
  readonly pauses: readonly { readonly from: Day; readonly to: Day | null }[];
}

const dayOfText = (text: string): Day => dayOf(new Date(text));

/** Counts as the definitions say, by walking over all dossiers and days. */
export class Recount extends RecordOracle<Counted, Numbers> {
  readonly #recorded: Recorded;
  readonly counted: readonly Counted[];
  readonly #daysOff: ReadonlyMap<Day, CalendarDay["kind"]>;

  constructor(history: UnitHistory, oracle: Oracle, recorded: Recorded) {
    super(history, oracle, recorded.ranges);
    this.#recorded = recorded;
    this.#daysOff = new Map(recorded.calendar.map(({ day, kind }) => [day, kind]));
    this.counted = recorded.dossiers.flatMap((row) => this.#countedOf(row));
  }

  // Days

  #isWorked(day: Day): boolean {
    const kind = this.#daysOff.get(day);
    if (kind !== undefined) return kind === "MAKEUP_WORK";
    return ![0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
  }

  /** The day by which so many working days have passed; the first is the one after. */
  #after(day: Day, workingDays: number): Day {
    let last = day;
    for (let passed = 0; passed < workingDays;) {
      last = addDays(last, 1);
      if (this.#isWorked(last)) passed++;
    }
    return last;
  }

  #workedBetween(first: Day, last: Day): number {
    let worked = 0;
    for (let day = addDays(first, 1); day <= last; day = addDays(day, 1)) if (this.#isWorked(day)) worked++;
    return worked;
  }

  /** SUBMITTED and NOT_ACCEPTED dossiers count in nothing. Pauses that are over have moved the due day. */
  #countedOf(row: DossierRow): Counted[] {
    if (row.state === "SUBMITTED" || row.state === "NOT_ACCEPTED") return [];
    const received = dayOfText(row.receivedAt!);
    const ended = row.endedAt == null ? null : dayOfText(row.endedAt);
    const pauses = row.pauses.map(({ from, to }) => ({ from: dayOfText(from), to: to == null ? ended : dayOfText(to) }));
    const limit = this.#recorded.limits[row.procedure]!;
    const promised = row.extendedTo ?? row.dueAt;
    const first = promised != null ? dayOfText(promised) : limit === null ? null : this.#after(received, limit);
    const stood = pauses.reduce((days, { from, to }) => days + (to === null ? 0 : this.#workedBetween(from, to)), 0);
    const due = first === null ? null : this.#after(first, stood);
    const outcome = row.state === "WITHDRAWN" ? "withdrawn" : row.state === "STOPPED" ? "stopped" : "resolved";
    const unit = this.unitOf(row.unit, received);
    return [{ unit, tier: this.countsIn(unit, received), channel: row.channel, received, ended, due, outcome, pauses }];
  }

  // Numbers

  protected numbers(dossiers: readonly Counted[], { from, to }: Days): Numbers {
    const count = (is: (dossier: Counted) => boolean) => dossiers.filter(is).length;
    const isWithin = (day: Day | null) => day !== null && from <= day && day <= to;
    const isOpen = ({ received, ended }: Counted, day: Day) => received <= day && (ended === null || ended > day);
    const isPaused = ({ pauses }: Counted) => pauses.some((pause) => pause.from <= to && (pause.to === null || to < pause.to));
    const isResolved = ({ outcome, ended }: Counted) => outcome === "resolved" && isWithin(ended);
    const isLate = ({ due, ended }: Counted) => due !== null && (ended ?? "") > due;
    const isEarly = ({ due, ended }: Counted) => due !== null && (ended ?? "") < due;
    const isOverdue = (one: Counted) => isOpen(one, to) && !isPaused(one) && one.due !== null && one.due < to;
    return {
      received: count(({ received }) => isWithin(received)),
      receivedOnline: count(({ received, channel }) => isWithin(received) && channel === "ONLINE"),
      receivedDirect: count(({ received, channel }) => isWithin(received) && channel === "DIRECT"),
      receivedPostal: count(({ received, channel }) => isWithin(received) && channel === "POSTAL"),
      carriedOver: count((one) => isOpen(one, addDays(from, -1))),
      resolved: count(isResolved),
      resolvedEarly: count((one) => isResolved(one) && isEarly(one)),
      resolvedOnTime: count((one) => isResolved(one) && !isEarly(one) && !isLate(one)),
      resolvedOverdue: count((one) => isResolved(one) && isLate(one)),
      inProcess: count((one) => isOpen(one, to)),
      inProcessNotDue: count((one) => isOpen(one, to) && !isPaused(one) && !isOverdue(one)),
      inProcessOverdue: count(isOverdue),
      withdrawn: count(({ outcome, ended }) => outcome === "withdrawn" && isWithin(ended)),
      stopped: count(({ outcome, ended }) => outcome === "stopped" && isWithin(ended)),
      inProcessPaused: count((one) => isOpen(one, to) && isPaused(one)),
    };
  }
}
