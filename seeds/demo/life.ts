import type { Channel, PauseReason } from "../../src/dossiers/dossier-state.ts";
import { epochDay, instantOn, instantText } from "../../src/lib/time/date.ts";
import type { WorkCalendar } from "../../src/calendar/work-calendar.ts";
import type { DemoProcedure } from "./procedures.ts";
import type { DemoYear } from "./year.ts";

export interface Beginning {
  /** Epoch day of receipt, a working day. */
  readonly day: number;
  readonly channel: Channel;
  readonly procedure: DemoProcedure;
  /** Probability of a resolution in time. */
  readonly punctuality: number;
  readonly year: DemoYear;
}

interface Pause {
  readonly reason: PauseReason;
  readonly from: number;
  readonly to: number | null;
}

/** Working days of an extension. */
const EXTENSION = 5;

const at = (day: number, minute: number) => instantOn(day, 0) + Math.floor(minute) * 60_000;

/** Instants and state of a dossier at the end of the demo's year, as columns of a dossier file; null if it ended before that year. */
export const lifeOf = (random: () => number, calendar: WorkCalendar, { day, channel, procedure, punctuality, year }: Beginning) => {
  const { first, end: over } = year;
  const { workingDays: limit } = procedure;
  const received = at(day, 450 + random() * 540);
  const submitted = channel === "ONLINE" ? received - Math.floor(random() * 900) * 60_000 : null;
  const isExtended = limit >= 10 && random() < 0.01;
  const took = workingDaysOf(random, isExtended ? limit + EXTENSION : limit, punctuality);
  const pause = limit >= 5 && took > 0 && random() < 0.1 ? pauseOf(random, calendar, { day, took, procedure }) : null;
  const end = calendar.addEpoch(day, took + (pause?.lasted ?? 0));
  const ended = end === day ? received + Math.floor(1 + random() * 25) * 60_000 : at(end, 480 + random() * 540);
  const fate = random();
  const handedOver = random() < 0.06 ? Infinity : handOver(random, calendar, end, ended);
  if (fate >= FORGOTTEN && ended < instantOn(epochDay(first), 0)) return null;
  const isOpen = ended >= over || fate < FORGOTTEN;
  const stated = pause === null || pause.from >= over ? null : { ...pause, to: pause.to < over ? pause.to : null };
  const returned = !isOpen && fate >= STOPPED && handedOver < over ? handedOver : null;
  return {
    state: stateOf(isOpen, fate, stated, returned),
    submittedAt: textOrNull(submitted),
    receivedAt: instantText(received),
    extendedTo: isExtended ? instantText(instantOn(calendar.addEpoch(day, limit + EXTENSION), 17)) : null,
    endedAt: isOpen ? null : instantText(ended),
    returnedAt: textOrNull(returned),
    pauses: stated === null ? [] : [{ reason: stated.reason, from: instantText(stated.from), to: textOrNull(stated.to) }],
    updatedAt: instantText(Math.max(received, stated?.from ?? 0, stated?.to ?? 0, isOpen ? 0 : ended, returned ?? 0)),
  };
};

/** Thresholds of a random number: below the first the dossier is forgotten, then withdrawn, then stopped, otherwise resolved. */
const [FORGOTTEN, WITHDRAWN, STOPPED] = [0.001, 0.009, 0.012];

/** From receipt to result without pauses: some on the due day, most before it, and few very late. */
const workingDaysOf = (random: () => number, limit: number, punctuality: number): number => {
  if (random() >= punctuality) {
    const late = random();
    return limit + 1 + Math.floor(late * late * late * 15);
  }
  return random() < 0.15 ? limit : Math.floor(random() * limit);
};

interface Paused {
  readonly day: number;
  readonly took: number;
  readonly procedure: DemoProcedure;
}

const pauseOf = (random: () => number, calendar: WorkCalendar, { day, took, procedure }: Paused) => {
  const start = 1 + Math.floor(random() * took);
  const lasted = 1 + Math.floor(random() * 9);
  const isPayment = procedure.field === "DD" && procedure.hasFee && random() < 0.5;
  return {
    ...{ reason: isPayment ? ("FINANCIAL_OBLIGATION" as const) : ("SUPPLEMENT" as const), lasted },
    ...{ from: at(calendar.addEpoch(day, start), 540), to: at(calendar.addEpoch(day, start + lasted), 475) },
  };
};

const handOver = (random: () => number, calendar: WorkCalendar, end: number, ended: number): number => {
  const later = Math.floor(random() * 3);
  return later === 0 ? ended + 10 * 60_000 : at(calendar.addEpoch(end, later), 480 + random() * 180);
};

const stateOf = (isOpen: boolean, fate: number, pause: Pause | null, returned: number | null) => {
  if (isOpen) {
    if (pause === null || pause.to !== null) return "PROCESSING";
    return pause.reason === "SUPPLEMENT" ? "SUPPLEMENT_REQUESTED" : "FINANCIAL_OBLIGATION";
  }
  if (fate < WITHDRAWN) return "WITHDRAWN";
  if (fate < STOPPED) return "STOPPED";
  return returned === null ? "RESOLVED" : "RESULT_RETURNED";
};

const textOrNull = (instant: number | null) => (instant === null ? null : instantText(instant));
