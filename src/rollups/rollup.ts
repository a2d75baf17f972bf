import type { Day } from "../lib/time/date.ts";
import type { Period } from "../lib/time/period.ts";
import type { Tier } from "../hierarchy/unit.entity.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import type { Cut } from "../counters/cut.ts";
import { countInRange } from "../figures/int-range.ts";
import { enumValue, measureCode, type RollupKind, summedColumns } from "../figures/measure.ts";
import { computeRate, rateInRange, quotedRate, type Rate, type RateSums, withheldRate } from "./rate.ts";
import type { RollupKey } from "../counters/rollup-key.ts";
import type { MeasureCoverage, RecordSums } from "../counters/records.ts";
import type { QuotedRate } from "./rollup.entity.ts";
import type { Bounds } from "./rollup.type.ts";

/** Covered units, the bits of the measures that all of them report, exactness, possible amounts, quoted rates, and the sums in the order of summedColumns. */
export type StoredRollup = readonly [
  covered: number,
  reported: number,
  exact: boolean,
  possible: Readonly<Record<string, number>> | null,
  quoted: Readonly<Record<string, QuotedRate>> | null,
  sums: readonly (number | null)[],
];
const NO_RECORDS: RecordSums = { certain: null, possible: null };
const NOTHING: StoredRollup = [0, 0, true, null, null, []];

/**
 * A roll-up of one unit; each measure of its kind is a property, null if no unit reports it. `sum` is the raw number for computation; `shown` is the same number checked
 * for the answer's number type.
 */
export abstract class Rollup implements RollupKey {
  readonly unit: UnitView;
  readonly period: Period;
  readonly handledBy: Tier | null;
  readonly cut: Cut;
  readonly #stored: StoredRollup;
  readonly #records: RecordSums;
  /** True if records were read; then coverage is computed by looking at each unit. */
  readonly isRecorded: boolean;
  /** Coverage by figures and records; null if it has not been loaded. */
  readonly reported: MeasureCoverage | null;

  constructor(
    { unit, period, handledBy, cut }: RollupKey,
    stored: StoredRollup = NOTHING,
    records: RecordSums | null = null,
    reported: MeasureCoverage | null = null,
  ) {
    this.unit = unit;
    this.period = period;
    this.handledBy = handledBy;
    this.cut = cut;
    this.#stored = stored;
    this.isRecorded = records !== null;
    this.#records = records ?? NO_RECORDS;
    this.reported = reported ?? (this.isRecorded ? null : this.measureCoverage);
  }

  abstract readonly kind: RollupKind;

  abstract readonly positions: ReadonlyMap<string, number>;

  /** Returns the certain sum of a column of summedColumns, without a check of its size. */
  sum(name: string): number | null {
    return this.at(this.positions.get(name)!);
  }

  /**
   * True if no covered value is certain but some are possible, as in a district long after its abolition: the certain rest would be mistaken for the total, so only the
   * bounds are answered. Agencies do not count as covered.
   */
  get isWithheld(): boolean {
    return !this.exact && this.unit.tier !== null && this.reported?.covered === 0;
  }

  at(position: number): number | null {
    return this.isWithheld ? null : this.certainAt(position);
  }

  /** Returns the sum at a position of summedColumns, even if the value is withheld. */
  certainAt(position: number): number | null {
    const stated = this.#stored[5][position] ?? null;
    const recorded = this.#records.certain?.[position] ?? null;
    const sum = stated === null ? recorded : stated + (recorded ?? 0);
    // Contradictory evidence may leave a negative rest.
    return sum !== null && sum < 0 ? 0 : sum;
  }

  /** The last day whose records count; null without records. */
  get dataThrough(): Day | null {
    const { certain, possible, through } = this.#records;
    return certain === null && possible === null ? null : (through ?? null);
  }

  get measureCoverage(): MeasureCoverage {
    const [covered, reported] = this.#stored;
    return { covered, reported };
  }

  /** False if a cell with a value contributes only possibly. */
  get exact(): boolean {
    return this.#stored[2] && this.#records.possible === null;
  }

  /** The possible amount besides the certain sum; null if nothing was reported. */
  #possible(name: string): number | null {
    const stated = this.#stored[3]?.[name];
    const recorded = this.#records.possible?.[this.positions.get(name)!] ?? undefined;
    if (stated === undefined && recorded === undefined) return null;
    return Math.max((stated ?? 0) + (recorded ?? 0), 0);
  }

  /** The certain sum, and the certain sum plus the possible amount; null if nothing was reported. */
  bounds(measure: string): Bounds {
    const { name } = this.kind.measures.find((candidate) => enumValue(candidate.name) === measure)!;
    const certain = this.certainAt(this.positions.get(name)!);
    const possible = this.#possible(name);
    if (certain === null && possible === null) return { low: null, high: null };
    const code = measureCode(this.kind, name);
    return { low: countInRange(code, certain ?? 0), high: countInRange(code, (certain ?? 0) + (possible ?? 0)) };
  }

  /** Returns a measure for the answer; reports an error if it exceeds the number type. */
  shown(name: string): number | null {
    return countInRange(measureCode(this.kind, name), this.sum(name));
  }

  /** Returns the computed rate; if it has no value, the rate that a source printed. */
  rate(name: string): Rate {
    const quoted = this.#stored[4];
    const { kind } = this;
    // Of `summedColumns`, in which the three sums of each rate follow the measures.
    const first = kind.measures.length + 3 * kind.rates.findIndex((one) => one.name === name);
    const certain: RateSums = { part: this.certainAt(first), of: this.certainAt(first + 1), whole: this.certainAt(first + 2) };
    const hasPossible = this.#stored[3] !== null || this.#records.possible !== null;
    const computed = computeRate(certain, hasPossible ? this.#possibleSums(name) : null);
    const rate = this.isWithheld ? withheldRate(computed) : computed;
    const quote = quoted?.[name];
    return rate.value === null && quote ? quotedRate(quote) : rateInRange(rate, kind.name, name);
  }

  #possibleSums(name: string): RateSums {
    return { part: this.#possible(`${name}Part`), of: this.#possible(`${name}Of`), whole: this.#possible(`${name}Whole`) };
  }
}

/** Lists the measures that some covered unit did not report, in the order of their enum; optional measures only if another unit reported them. */
export const incompleteMeasures = (rollup: Rollup, { covered, reported }: MeasureCoverage): string[] =>
  covered === 0
    ? []
    : rollup.kind.measures
        .filter(({ name, isOptional }, n) => (reported & (1 << n)) === 0 && !(isOptional && rollup.sum(name) === null))
        .map(({ name }) => enumValue(name));

type RollupClass = new (key: RollupKey, stored?: StoredRollup, records?: RecordSums | null, reported?: MeasureCoverage | null) => Rollup;
const classes = new Map<RollupKind, RollupClass>();

/** Builds the roll-up class of a kind, with a property for each measure. */
export const rollupClass = (kind: RollupKind): RollupClass => {
  const cached = classes.get(kind);
  if (cached) return cached;
  const positions = new Map(summedColumns(kind).map((name, n) => [name, n]));
  class KindRollup extends Rollup {
    get kind() {
      return kind;
    }
    get positions() {
      return positions;
    }
  }
  for (const { name } of kind.measures) {
    const position = positions.get(name)!;
    const code = measureCode(kind, name);
    Object.defineProperty(KindRollup.prototype, name, {
      get(this: Rollup) {
        return countInRange(code, this.at(position));
      },
    });
  }
  classes.set(kind, KindRollup);
  return KindRollup;
};
