import type { DossierRow } from "../../src/dossiers/import/dossier-stage.ts";
import { addDays, type Day, dayOf } from "../../src/lib/time/date.ts";
import type { CalendarDay } from "../../src/calendar/work-calendar.ts";
import type { Tier } from "../../src/hierarchy/unit.entity.ts";
import type { Holding, Oracle } from "../rollups/oracle.ts";
import { FIRST, type UnitHistory } from "../rollups/random-history.ts";

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

/** For which days the records of a unit are complete. */
export interface Range {
  readonly unit: string;
  readonly since: Day;
  readonly through: Day;
}

export interface Days {
  readonly from: Day;
  readonly to: Day;
}

/** What is recounted: every dossier as it was last told, and what was stated of them. */
export interface Told {
  readonly dossiers: readonly DossierRow[];
  readonly ranges: readonly Range[];
  readonly calendar: readonly CalendarDay[];
  /** Working days of procedures by code; null where the law sets none. */
  readonly limits: Readonly<Record<string, number | null>>;
}

interface Counted {
  readonly unit: string;
  readonly tier: Tier | null;
  readonly channel: string;
  readonly received: Day;
  readonly ended: Day | null;
  readonly due: Day | null;
  readonly outcome: "resolved" | "withdrawn" | "stopped";
  readonly pauses: readonly { readonly from: Day; readonly to: Day | null }[];
}

const dayOfText = (text: string): Day => dayOf(new Date(text));

/** Written from design.md, by walking over all dossiers and days. */
export class Recount {
  readonly #world: UnitHistory;
  readonly #oracle: Oracle;
  readonly #told: Told;
  readonly #counted: readonly Counted[];
  readonly #daysOff: ReadonlyMap<Day, CalendarDay["kind"]>;

  constructor(world: UnitHistory, oracle: Oracle, told: Told) {
    this.#world = world;
    this.#oracle = oracle;
    this.#told = told;
    this.#daysOff = new Map(told.calendar.map(({ day, kind }) => [day, kind]));
    this.#counted = told.dossiers.flatMap((row) => this.#countedOf(row));
  }

  // Days (§3, §4)

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
    const limit = this.#told.limits[row.procedure]!;
    const promised = row.extendedTo ?? row.dueAt;
    const first = promised != null ? dayOfText(promised) : limit === null ? null : this.#after(received, limit);
    const stood = pauses.reduce((days, { from, to }) => days + (to === null ? 0 : this.#workedBetween(from, to)), 0);
    const due = first === null ? null : this.#after(first, stood);
    const outcome = row.state === "WITHDRAWN" ? "withdrawn" : row.state === "STOPPED" ? "stopped" : "resolved";
    const unit = this.unitOf(row.unit, received);
    return [{ unit, tier: this.#countsIn(unit, received), channel: row.channel, received, ended, due, outcome, pauses }];
  }

  unitOf(code: string, day: Day): string {
    return this.#oracle.unitsOn(day).find((unit) => this.#oracle.on(unit, day)!.code === code)!;
  }

  /** As the oracle of figures has it; but vertical and central agencies count at the unit where they sit and nowhere above. */
  #holds(a: string, unit: string, asOf: Day): Holding {
    const { parentKey, kind } = this.#world.versions.find(({ key }) => key === unit)!;
    if (kind !== "VERTICAL_AGENCY") return this.#oracle.holds(a, unit, asOf);
    return a === unit || a === parentKey ? "certain" : null;
  }

  /** Departments count as the unit that they serve; vertical and central agencies in no tier. */
  #countsIn(unit: string, day: Day): Tier | null {
    const { tier, kind, parentKey } = this.#oracle.on(unit, day)!;
    if ((tier as Tier | null) !== null) return tier;
    return kind === "DEPARTMENT" ? this.#oracle.on(parentKey!, day)!.tier : null;
  }

  // Numbers (§3)

  #numbers(dossiers: readonly Counted[], { from, to }: Days): Numbers {
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

  #countOf(units: (unit: string) => boolean, tier: Tier | null, days: Days): Numbers | null {
    const numbers = this.#numbers(
      this.#counted.filter((one) => units(one.unit) && (tier === null || one.tier === tier)),
      days,
    );
    return Object.values(numbers).every((number) => number === 0) ? null : numbers;
  }

  /** What is certain in A, and what is possible besides; null where there is none. */
  rollup(a: string, asOf: Day, tier: Tier | null, days: Days): { certain: Numbers | null; possible: Numbers | null } {
    const isCertain = (unit: string) => this.#holds(a, unit, asOf) === "certain";
    const certain = this.#countOf(isCertain, tier, days);
    const possible = this.#countOf((unit) => this.#holds(a, unit, asOf) === "possible", tier, days);
    const saysNone = this.#keys().some((unit) => isCertain(unit) && this.#countsInTier(unit, tier) && this.#isComplete(unit, days));
    return { certain: certain ?? (saysNone ? this.#numbers([], days) : null), possible };
  }

  /** What is certain in A and in none of the cut, each once. */
  between(a: string, cut: readonly string[], asOf: Day, days: Days): Numbers {
    const isInRange = (unit: string) =>
      this.#holds(a, unit, asOf) === "certain" && !cut.some((one) => this.#holds(one, unit, asOf) === "certain");
    return this.#countOf(isInRange, null, days) ?? this.#numbers([], days);
  }

  #keys(): string[] {
    return [...new Set(this.#world.versions.map(({ key }) => key))];
  }

  #countsInTier(unit: string, tier: Tier | null): boolean {
    return tier === null || this.#countsIn(unit, this.#life(unit).from) === tier;
  }

  // Completeness (§2)

  /** Of the days before the first known one we know no less than of that. */
  #life(unit: string): { from: Day; end: Day } {
    const versions = this.#world.versions.filter(({ key }) => key === unit);
    return { from: versions[0]!.validFrom, end: versions.at(-1)!.validTo ?? "9999-12-31" };
  }

  /** All days on which the unit existed, and there are such. */
  #isComplete(unit: string, { from, to }: Days): boolean {
    const life = this.#life(unit);
    const first = life.from === FIRST || life.from < from ? from : life.from;
    const last = addDays(life.end, -1) < to ? addDays(life.end, -1) : to;
    if (first > last) return false;
    return this.#told.ranges.some(({ unit: of, since, through }) => of === unit && since <= first && last <= through);
  }

  // Coverage (§3)

  /** The territorial units of the last day that have records counting in the days, or complete ones; and whether all of them are complete. */
  coverage(a: string, asOf: Day, tier: Tier | null, days: Days): { expected: number; covered: number; isKnown: boolean } {
    const day = days.to < FIRST ? FIRST : days.to;
    const expected = this.#oracle.unitsOn(day).filter((unit) => {
      const own = this.#oracle.on(unit, day)!.tier as Tier | null;
      return own !== null && own !== "COUNTRY" && (tier === null || own === tier) && this.#holds(a, unit, asOf) === "certain";
    });
    const cells = expected.map((unit) => this.#cell(unit, day, days));
    const covered = cells.filter(({ hasRecords, isComplete }) => hasRecords || isComplete);
    return {
      ...{ expected: expected.length, covered: covered.length },
      isKnown: covered.length > 0 && covered.every(({ isComplete }) => isComplete),
    };
  }

  #cell(unit: string, day: Day, days: Days): { hasRecords: boolean; isComplete: boolean } {
    const own = [unit, ...this.#keys().filter((one) => this.#wentWholeInto(unit, one, day, days.from))];
    const serving = new Set(this.#oracle.under(unit, day).filter((one) => this.#oracle.on(one, day)!.kind === "DEPARTMENT"));
    return {
      hasRecords: this.#countOf((one) => own.includes(one) || serving.has(one), null, days) !== null,
      isComplete: own.every((one) => this.#isComplete(one, days)),
    };
  }

  /** A unit of the same tier that ended within the days and leads to this one alone. */
  #wentWholeInto(unit: string, old: string, day: Day, from: Day): boolean {
    const { end } = this.#life(old);
    const last = this.#oracle.on(old, addDays(end, -1));
    if (end <= from || end > day || !last || last.tier !== this.#oracle.on(unit, day)!.tier) return false;
    const below = this.#oracle.subtree(unit, day).filter((one) => one !== unit);
    return this.#holds(unit, old, day) === "certain" && below.every((one) => this.#holds(one, old, day) === null);
  }
}
