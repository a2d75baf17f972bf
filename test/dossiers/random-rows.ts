import type { DossierRow } from "../../src/dossiers/import/dossier-stage.ts";
import { CHANNELS, DOSSIER_STATES, type DossierState, isAccepted } from "../../src/dossiers/dossier-state.ts";
import { addDays, type Day, dayOf } from "../../src/lib/time/date.ts";
import type { Oracle } from "../rollups/oracle.ts";
import { type Draw, FIRST, type UnitHistory } from "../rollups/random-history.ts";
import type { Range } from "../counters/record-oracle.ts";
import { whole } from "../support/whole.ts";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

export const numberOf = (draw: Draw, min: number, max: number): number => draw(whole(min, max));
export const oneOf = <T>(draw: Draw, list: readonly T[]): T => list[numberOf(draw, 0, list.length - 1)]!;
export const chance = (draw: Draw, percent: number): boolean => numberOf(draw, 0, 99) < percent;

/** Working days of the procedures of the catalogue. */
export const LIMITS: Readonly<Record<string, number | null>> = { "1.000001": 5, "1.000002": 10, "1.000003": null };

/** Rows that a system may send, valid each by itself. */
export class Rows {
  readonly #draw: Draw;
  readonly #oracle: Oracle;
  readonly #start: Day;
  readonly #sent = new Map<string, DossierRow[]>();

  /** Dossiers are received from the day on. */
  constructor(draw: Draw, oracle: Oracle, start: Day) {
    this.#draw = draw;
    this.#oracle = oracle;
    this.#start = start;
  }

  batch(source: string, now: number): DossierRow[] {
    return Array.from({ length: numberOf(this.#draw, 1, 14) }, () => {
      const code = `d${numberOf(this.#draw, 1, 24)}`;
      const before = this.#sent.get(`${source} ${code}`) ?? [];
      const row = this.#next(code, before, now);
      this.#sent.set(`${source} ${code}`, [...before, row]);
      return row;
    });
  }

  #next(code: string, before: readonly DossierRow[], now: number): DossierRow {
    if (before.length === 0) return this.#row(code, now, null);
    const earlier = oneOf(this.#draw, before);
    const turn = numberOf(this.#draw, 0, 9);
    if (turn === 0) return earlier;
    if (turn === 1) return { ...earlier, channel: CHANNELS[(CHANNELS.indexOf(earlier.channel as never) + 1) % CHANNELS.length]! };
    return this.#row(code, now, turn < 6 ? earlier : null);
  }

  #between(from: number, to: number): number {
    return from + numberOf(this.#draw, 0, Math.floor((to - from) / MINUTE)) * MINUTE;
  }

  /** An instant not before the other, mostly soon after. */
  #soon(from: number, to: number): number {
    return this.#between(from, Math.min(to, from + numberOf(this.#draw, 0, 60) * DAY));
  }

  #text(time: number): string {
    if (chance(this.#draw, 50)) return new Date(time).toISOString();
    return new Date(time + 7 * 3_600_000).toISOString().replace("Z", "+07:00");
  }

  #maybe(percent: number, time: () => number): string | null {
    return chance(this.#draw, percent) ? this.#text(time()) : null;
  }

  /** A new state, of the given dossier if there is one. */
  #row(code: string, now: number, earlier: DossierRow | null): DossierRow {
    const state = oneOf(this.#draw, [...DOSSIER_STATES, "PROCESSING", "RESOLVED", "RESOLVED"] as const);
    const received =
      earlier?.receivedAt != null ? Date.parse(earlier.receivedAt) : this.#between(Date.parse(`${this.#start}T00:00:00+07:00`), now);
    const ended = ["WITHDRAWN", "STOPPED", "RESOLVED", "RESULT_RETURNED"].includes(state) ? this.#soon(received, now) : null;
    const pauses = isAccepted(state) ? this.#pauses(state, received, ended ?? now) : [];
    const times = [received, ended, ...pauses.flatMap(({ from, to }) => [from, to])].filter((time) => time !== null);
    const returned = state === "RESULT_RETURNED" ? this.#soon(ended!, now) : null;
    const updated = this.#between(Math.max(...times, returned ?? 0), now);
    const isReceived = state !== "SUBMITTED" && (isAccepted(state) || chance(this.#draw, 50));
    const datedOn = dayOf(new Date(received));
    const due = chance(this.#draw, 40) ? this.#soon(received, received + 40 * DAY) : null;
    return {
      ...{ code, state, procedure: earlier?.procedure ?? oneOf(this.#draw, Object.keys(LIMITS)) },
      unit: earlier?.receivedAt != null && chance(this.#draw, 70) ? earlier.unit : this.#unit(datedOn),
      channel: oneOf(this.#draw, CHANNELS),
      submittedAt: isReceived ? null : this.#text(received),
      receivedAt: isReceived ? this.#text(received) : null,
      dueAt: due === null || !isReceived ? null : this.#text(due),
      extendedTo: isReceived ? this.#maybe(15, () => (due ?? received) + numberOf(this.#draw, 1, 30) * DAY) : null,
      endedAt: ended === null ? null : this.#text(ended),
      returnedAt: returned === null ? null : this.#text(returned),
      pauses: pauses.map(({ reason, from, to }) => ({ reason, from: this.#text(from), to: to === null ? null : this.#text(to) })),
      digitised: oneOf(this.#draw, [null, true, false]),
      paidOnline: oneOf(this.#draw, [null, true, false]),
      electronicResult: oneOf(this.#draw, [null, true, false]),
      updatedAt: this.#text(updated),
    };
  }

  #unit(day: Day): string {
    return this.#oracle.on(oneOf(this.#draw, this.#oracle.unitsOn(day)), day)!.code;
  }

  #pauses(state: DossierState, from: number, to: number) {
    const isWaiting = state === "SUPPLEMENT_REQUESTED" || state === "FINANCIAL_OBLIGATION";
    const mayLast = isWaiting || state === "WITHDRAWN" || state === "STOPPED";
    const edges: number[] = [];
    let last = from;
    for (let n = numberOf(this.#draw, 0, 2) * 2; n > 0; n--) edges.push((last = this.#soon(last, to)));
    const pauses: { reason: string; from: number; to: number | null }[] = [];
    for (let n = 0; n < edges.length; n += 2)
      pauses.push({ reason: oneOf(this.#draw, ["SUPPLEMENT", "FINANCIAL_OBLIGATION"]), from: edges[n]!, to: edges[n + 1]! });
    if (isWaiting || (mayLast && chance(this.#draw, 30))) {
      const reason = state === "FINANCIAL_OBLIGATION" ? "FINANCIAL_OBLIGATION" : "SUPPLEMENT";
      pauses.push({ reason, from: this.#soon(last, to), to: null });
    }
    return pauses;
  }
}

/** Statements that all is here: of some units, for random days, or for the very days on which the unit existed. */
export const drawRanges = (draw: Draw, { versions }: UnitHistory, start: Day, today: Day): Range[] =>
  [...Map.groupBy(versions, ({ key }) => key)].flatMap(([unit, of]): Range[] => {
    if (!chance(draw, 60)) return [];
    const [began, end] = [of[0]!.validFrom, of.at(-1)!.validTo];
    const since = oneOf(draw, [FIRST, began, addDays(start, numberOf(draw, -200, 200))]);
    const last = end === null ? today : addDays(end, -1);
    const through = oneOf(draw, [today, last, addDays(since, numberOf(draw, 0, 700))]);
    const latest = through < today ? through : today;
    return since > latest ? [] : [{ unit, since, through: latest }];
  });

const pad = (number: number): string => String(number).padStart(2, "0");

/** Names of periods about a day. */
const periodsAbout = (draw: Draw, day: Day): string[] => {
  const [year, month] = [day.slice(0, 4), Number(day.slice(5, 7))];
  const named = [`${year}-${pad(month)}`, `${year}-Q${Math.ceil(month / 3)}`, `${year}-H${month < 7 ? 1 : 2}`, `${year}-9M`, year];
  named.push(`${year}/${Number(year) + 1}`);
  const halves = [addDays(day, -numberOf(draw, 0, 90)), addDays(day, numberOf(draw, 0, 90))];
  return [...named, ...named.map((name) => `${name}@ND09`), halves.join("/"), `${day}/${day}`, `${day.slice(0, 8)}01/${halves[1]!}`];
};

export const drawPeriods = (draw: Draw, start: Day, today: Day): string[] => {
  const days = Math.round((Date.parse(today) - Date.parse(start)) / DAY);
  const day = () => addDays(start, numberOf(draw, -60, days + 20));
  const drawn = [1, 2, 3, 4, 5, 6].map(() => oneOf(draw, periodsAbout(draw, day())));
  const running = periodsAbout(draw, today);
  return [
    ...new Set([...drawn, oneOf(draw, running), oneOf(draw, running), oneOf(draw, ["2014", "2015", "2015-08", "2027", "2015/2027"])]),
  ];
};
