import { addDays, type Day } from "../../src/lib/time/date.ts";
import type { Tier } from "../../src/hierarchy/unit.entity.ts";
import type { Holding } from "../rollups/naive-hierarchy.ts";
import type { Oracle } from "../rollups/oracle.ts";
import { FIRST, type UnitHistory } from "../rollups/random-history.ts";

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

/** A record of any kind: where and in which tier it counts. */
export interface OracleRecord {
  readonly unit: string;
  readonly tier: Tier | null;
}

/** Counts as the definitions say, by walking over all records; a kind of record says what it counts. */
export abstract class RecordOracle<R extends OracleRecord, N extends Readonly<Record<string, number>>> {
  readonly #history: UnitHistory;
  readonly #oracle: Oracle;
  readonly #ranges: readonly Range[];

  constructor(history: UnitHistory, oracle: Oracle, ranges: readonly Range[]) {
    this.#history = history;
    this.#oracle = oracle;
    this.#ranges = ranges;
  }

  abstract readonly counted: readonly R[];

  protected abstract numbers(records: readonly R[], days: Days): N;

  unitOf(code: string, day: Day): string {
    return this.#oracle.unitsOn(day).find((unit) => this.#oracle.on(unit, day)!.code === code)!;
  }

  /** As the oracle of figures has it; but vertical and central agencies count at the unit where they sit and nowhere above. */
  #holds(a: string, unit: string, asOf: Day): Holding {
    const { parentKey, kind } = this.#history.versions.find(({ key }) => key === unit)!;
    if (kind !== "VERTICAL_AGENCY") return this.#oracle.holds(a, unit, asOf);
    return a === unit || a === parentKey ? "certain" : null;
  }

  /** Departments count as the unit that they serve; vertical and central agencies in no tier. */
  countsIn(unit: string, day: Day): Tier | null {
    const { tier, kind, parentKey } = this.#oracle.on(unit, day)!;
    if ((tier as Tier | null) !== null) return tier;
    return kind === "DEPARTMENT" ? this.#oracle.on(parentKey!, day)!.tier : null;
  }

  // Numbers

  #countOf(units: (unit: string) => boolean, tier: Tier | null, days: Days): N | null {
    const numbers = this.numbers(
      this.counted.filter((one) => units(one.unit) && (tier === null || one.tier === tier)),
      days,
    );
    return Object.values(numbers).every((number) => number === 0) ? null : numbers;
  }

  /** What is certain in A, and what is possible besides; null where there is none. */
  rollup(a: string, asOf: Day, tier: Tier | null, days: Days): { certain: N | null; possible: N | null } {
    const isCertain = (unit: string) => this.#holds(a, unit, asOf) === "certain";
    const certain = this.#countOf(isCertain, tier, days);
    const possible = this.#countOf((unit) => this.#holds(a, unit, asOf) === "possible", tier, days);
    const saysNone = this.#keys().some((unit) => isCertain(unit) && this.#countsInTier(unit, tier) && this.#isComplete(unit, days));
    return { certain: certain ?? (saysNone ? this.numbers([], days) : null), possible };
  }

  /** What is certain in A and in none of the cut, each once. */
  between(a: string, cut: readonly string[], asOf: Day, days: Days): N {
    const isInRange = (unit: string) =>
      this.#holds(a, unit, asOf) === "certain" && !cut.some((one) => this.#holds(one, unit, asOf) === "certain");
    return this.#countOf(isInRange, null, days) ?? this.numbers([], days);
  }

  #keys(): string[] {
    return [...new Set(this.#history.versions.map(({ key }) => key))];
  }

  #countsInTier(unit: string, tier: Tier | null): boolean {
    return tier === null || this.countsIn(unit, this.life(unit).from) === tier;
  }

  // Completeness

  /** Of the days before the first known one we know no less than of that. */
  life(unit: string): { from: Day; end: Day } {
    const versions = this.#history.versions.filter(({ key }) => key === unit);
    return { from: versions[0]!.validFrom, end: versions.at(-1)!.validTo ?? "9999-12-31" };
  }

  /** All days on which the unit existed, and there are such. */
  #isComplete(unit: string, { from, to }: Days): boolean {
    const life = this.life(unit);
    const first = life.from === FIRST || life.from < from ? from : life.from;
    const last = addDays(life.end, -1) < to ? addDays(life.end, -1) : to;
    if (first > last) return false;
    return this.#ranges.some(({ unit: of, since, through }) => of === unit && since <= first && last <= through);
  }

  // Coverage

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
    const { end } = this.life(old);
    const last = this.#oracle.on(old, addDays(end, -1));
    if (end <= from || end > day || !last || last.tier !== this.#oracle.on(unit, day)!.tier) return false;
    const below = this.#oracle.subtree(unit, day).filter((one) => one !== unit);
    return this.#holds(unit, old, day) === "certain" && below.every((one) => this.#holds(one, old, day) === null);
  }
}
