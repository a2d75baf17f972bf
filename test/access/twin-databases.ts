import fc from "fast-check";
import { CHANNELS } from "../../src/dossiers/dossier-state.ts";
import { addDays, type Day } from "../../src/lib/time/date.ts";
import { dossier, type Sent } from "../support/dossiers.ts";
import type { NaiveCalendar } from "../calendar/naive-calendar.ts";

/** Half-months that have ended on 22 November 2026, and the days of the running one. */
export const ENDED: readonly (readonly [Day, Day])[] = ["08", "09", "10", "11"].flatMap((month) => {
  const last = { "08": "31", "09": "30", "10": "31" }[month];
  const first = [`2026-${month}-01`, `2026-${month}-14`] as const;
  return last === undefined ? [first] : [first, [`2026-${month}-15`, `2026-${month}-${last}`] as const];
});
const RUNNING: readonly [Day, Day] = ["2026-11-15", "2026-11-21"];
const FAR: Day = "2026-12-20";

/** Two communes of Cao Bằng, each with a division of its own. */
export const COMMUNES = ["01558", "01561"] as const;
export const divisionOf = (commune: string): string => `${commune}/to-mot-cua`;

/** Procedures of two fields that differ in nothing else. */
export const PROCEDURES = ["9.000001", "9.000002"] as const;

const shape = fc.record({
  received: fc.nat(ENDED.length - 1),
  later: fc.nat(3),
  fate: fc.constantFrom("RESOLVED", "RESOLVED", "WITHDRAWN", "STOPPED", "OPEN", "OPEN", "PAUSED"),
  lateness: fc.constantFrom("EARLY", "ON_TIME", "OVERDUE"),
  channel: fc.constantFrom(...CHANNELS),
  flags: fc.record({ electronicResult: fc.boolean(), digitised: fc.boolean(), paidOnline: fc.boolean() }),
});
/** What is public of a dossier. */
type Shape = typeof shape extends fc.Arbitrary<infer S> ? S : never;

/** Draws numbers of its own for each world. */
class Chance {
  readonly #numbers: Iterator<number>;

  constructor(seed: number) {
    this.#numbers = fc.sample(fc.nat(1_000_000), { numRuns: 20_000, seed }).values();
  }

  below(end: number): number {
    return (this.#numbers.next().value as number) % end;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

const daysOf = ([first, last]: readonly [Day, Day]): Day[] => {
  const days: Day[] = [];
  for (let day = first; day <= last; day = addDays(day, 1)) days.push(day);
  return days;
};

interface Days {
  readonly received: Day;
  readonly due: Day;
  /** Of those that ended, or were paused, in a half-month that has ended. */
  readonly last: Day | null;
}

/** All days on which a dossier may have been received, due and ended to be publicly of this shape. */
const daysOfShape = ({ received, later, fate, lateness }: Shape): Days[] => {
  const [first, second] = [ENDED[received]!, ENDED[Math.min(received + later, ENDED.length - 1)]!];
  const isOverdue = lateness === "OVERDUE" && fate !== "PAUSED";
  const overdue = (day: Day) => daysOf(first).filter((due) => due >= day && due < first[1]);
  return daysOf(first).flatMap((day): Days[] => {
    if (fate === "OPEN")
      return isOverdue ? overdue(day).map((due) => ({ received: day, due, last: null })) : [{ received: day, due: FAR, last: null }];
    return daysOf(second)
      .filter((last) => last >= day)
      .flatMap((last): Days[] => {
        if (!isOverdue) return [{ received: day, due: lateness === "EARLY" || fate === "PAUSED" ? FAR : last, last }];
        if (first !== second) return overdue(day).map((due) => ({ received: day, due, last }));
        return last > day ? [{ received: day, due: addDays(last, -1), last }] : [];
      });
  });
};

/** The dossiers of one world. In each they are of other codes, days, times and offices, and what happened since the cut is another story. */
class Telling {
  readonly #chance: Chance;
  readonly #calendar: NaiveCalendar;
  #codes = 0;

  constructor(world: number, seed: number, calendar: NaiveCalendar) {
    this.#chance = new Chance(seed + 1 + world);
    this.#calendar = calendar;
  }

  #at(day: Day, hour: number): string {
    return `${day}T${String(hour + this.#chance.below(4)).padStart(2, "0")}:${10 + this.#chance.below(50)}:00+07:00`;
  }

  #code(): string {
    return `H14-${this.#chance.below(1_000_000)}-${++this.#codes}`;
  }

  #unit(commune: string): string {
    return this.#chance.below(2) === 0 ? commune : divisionOf(commune);
  }

  /** The mean of working days is public, so that those of a dossier are the given ones. */
  told(one: Shape, commune: string, procedure: string, workingDays: number | null): Sent {
    const possible = daysOfShape(one).filter((days) => workingDays === null || this.worked(days) === workingDays);
    const { received, due, last } = this.#chance.of(possible);
    const common = {
      ...{ code: this.#code(), unit: this.#unit(commune), procedure, channel: one.channel, ...one.flags },
      ...{ receivedAt: this.#at(received, 7), dueAt: `${due}T17:00:00+07:00`, updatedAt: "2026-11-22T06:00:00+07:00" },
    };
    if (one.fate === "OPEN") return { ...common, ...this.#since(this.#chance.of(["PROCESSING", "RESOLVED", "WITHDRAWN"])) };
    if (one.fate !== "PAUSED") return { ...common, state: one.fate, endedAt: this.#at(last!, 13) };
    const isOver = this.#chance.below(2) === 0;
    const pause = {
      reason: "SUPPLEMENT" as const,
      from: this.#at(last!, 12),
      to: isOver ? this.#at(this.#chance.of(daysOf(RUNNING)), 7) : null,
    };
    return { ...common, state: isOver ? "PROCESSING" : "SUPPLEMENT_REQUESTED", pauses: [pause] };
  }

  #since(state: "PROCESSING" | "RESOLVED" | "WITHDRAWN"): Pick<Sent, "state" | "endedAt"> {
    return state === "PROCESSING" ? { state } : { state, endedAt: this.#at(this.#chance.of(daysOf(RUNNING)), 13) };
  }

  worked({ received, last }: Days): number {
    return last === null ? 0 : this.#calendar.between(received, last);
  }

  anyDays(one: Shape): Days {
    return this.#chance.of(daysOfShape(one));
  }

  /** What has come in since the cut, as much as it likes. */
  running(): Sent[] {
    return Array.from({ length: 3 + this.#chance.below(20) }, (): Sent => {
      const receivedAt = this.#at(this.#chance.of(daysOf(RUNNING)), 7);
      const common = { code: this.#code(), unit: this.#unit(this.#chance.of(COMMUNES)), channel: this.#chance.of(CHANNELS) };
      const more = { procedure: this.#chance.of(PROCEDURES), updatedAt: "2026-11-22T06:00:00+07:00" };
      if (this.#chance.below(4) === 0) return { ...common, ...more, state: "SUBMITTED", submittedAt: receivedAt, receivedAt: null };
      return {
        ...common,
        ...more,
        receivedAt,
        ...(this.#chance.below(2) === 0 && { state: "RESOLVED", endedAt: "2026-11-21T18:00:00+07:00" }),
      };
    });
  }
}

/**
 * The dossiers of two databases that agree in what is public of records. In the second the fields of two dossiers of one shape are exchanged between
 * the communes, so that the province alone has as many of each field.
 */
export const drawTwins = (seed: number, pairs: number, calendar: NaiveCalendar): [Sent[], Sent[]] => {
  const tellings = [0, 1].map((world) => new Telling(world, seed, calendar)) as [Telling, Telling];
  const worlds: [Sent[], Sent[]] = [tellings[0].running(), tellings[1].running()];
  for (const one of fc.sample(shape, { numRuns: pairs, seed })) {
    if (daysOfShape(one).length === 0) continue;
    const worked = one.fate === "RESOLVED" ? tellings[0].worked(tellings[0].anyDays(one)) : null;
    for (const [world, telling] of tellings.entries())
      for (const [n, commune] of COMMUNES.entries()) worlds[world]!.push(telling.told(one, commune, PROCEDURES[(n + world) % 2]!, worked));
  }
  return [worlds[0].map((sent) => dossier(sent) as Sent), worlds[1].map((sent) => dossier(sent) as Sent)];
};
