import type { WorkCalendar } from "../../src/calendar/work-calendar.ts";
import { type Day, dayOfEpoch, instantOn, instantText } from "../../src/lib/time/date.ts";
import type { TaskProgress } from "../../src/tasks/task-steps.ts";

export interface TaskBeginning {
  /** Epoch day of assignment. */
  readonly day: number;
  /** Epoch day of the deadline; null without one. */
  readonly due: number | null;
  /** Epoch day before which no delegated task is done. */
  readonly notBefore: number;
  /** Probability that it is done in time. */
  readonly punctuality: number;
  /** The lead's last day; null while it exists. */
  readonly leadUntil: number | null;
  /** Epoch day that ends the demo. */
  readonly last: number;
}

/** What happens to a task, and when it ends; null while it is open. */
export interface TaskLife {
  readonly cells: Readonly<Record<string, unknown>>;
  readonly ended: number | null;
}

/** Thresholds of a random number: below the first the task is cancelled, then declined, then postponed. */
const [CANCELLED, DECLINED, POSTPONED] = [0.008, 0.011, 0.03];

const text = (day: number | null): Day | null => (day === null ? null : dayOfEpoch(day));

/** How a task stands at the end of the demo, as columns of a file of tasks. */
export const taskLifeOf = (random: () => number, calendar: WorkCalendar, beginning: TaskBeginning): TaskLife => {
  const { day, due, last, notBefore, leadUntil } = beginning;
  const [fate, extended, begun] = [random(), random(), calendar.addEpoch(day, 1 + Math.floor(random() * 4))];
  const done = doneOn(random, calendar, beginning);
  const confirmed = calendar.addEpoch(done, Math.floor(random() * 5));
  const common = { deadline: text(due), originalDeadline: due !== null && extended < 0.06 ? text(earlier(day, due)) : text(due) };
  const life = (progress: TaskProgress, changed: number, cells: object, end: number | null = null): TaskLife => ({
    cells: { ...common, progress, updatedAt: instantText(instantOn(Math.min(changed, last), 17)), ...cells },
    ended: end,
  });
  const stopped = calendar.addEpoch(day, 1 + Math.floor(random() * 10));
  // Who waits for parts until it is abolished never ends the task.
  if (leadUntil !== null && notBefore > leadUntil && leadUntil <= last)
    return life("CANCELLED", leadUntil, { cancelledOn: text(leadUntil) }, leadUntil);
  if (fate < CANCELLED && stopped <= last) return life("CANCELLED", stopped, { cancelledOn: text(stopped) }, stopped);
  if (fate < DECLINED && fate >= CANCELLED && begun <= last) return life("DECLINED", begun, {});
  const paused = fate >= DECLINED && fate < POSTPONED ? pauseOf(random, begun, done) : null;
  if (paused && paused.from <= last && paused.to > last)
    return life("POSTPONED", paused.from, { percent: 10, postponements: [{ from: text(paused.from), to: null }] });
  const past = paused && paused.to <= last ? { postponements: [{ from: text(paused.from), to: text(paused.to) }] } : {};
  if (confirmed <= last) return life("COMPLETED", confirmed, { ...past, percent: 100, doneOn: text(done), completedOn: text(done) }, done);
  if (done <= last) return life("AWAITING_CONFIRMATION", done, { ...past, percent: 100, doneOn: text(done) });
  if (begun > last) return life("NOT_STARTED", day, {});
  const share = (last - day) / Math.max(1, done - day);
  return life("IN_PROGRESS", Math.max(begun, paused && paused.to <= last ? paused.to : 0), {
    ...past,
    percent: Math.min(95, Math.floor(share * 20) * 5),
  });
};

/** A month before the deadline, but not before the assignment. */
const earlier = (day: number, due: number): number => Math.max(day, due - 30);

/** Most are done shortly before the deadline, the others up to three weeks after it; a unit ends its work before it is abolished. */
const doneOn = (random: () => number, calendar: WorkCalendar, { day, due, notBefore, punctuality, leadUntil }: TaskBeginning): number => {
  const end = due ?? calendar.addEpoch(day, 20 + Math.floor(random() * 60));
  const span = Math.max(1, end - day);
  const isLate = random() >= punctuality;
  const drawn = isLate ? end + 1 + Math.floor(random() * random() * 21) : end - Math.floor(random() * random() * span);
  const working = calendar.addEpoch(Math.max(drawn, notBefore, day + 1) - 1, 1);
  return leadUntil === null ? working : Math.max(day, Math.min(working, leadUntil));
};

const pauseOf = (random: () => number, begun: number, done: number) => {
  const from = Math.min(begun + Math.floor(random() * 10), done);
  return { from, to: Math.max(from, Math.min(done, from + 10 + Math.floor(random() * 30))) };
};
