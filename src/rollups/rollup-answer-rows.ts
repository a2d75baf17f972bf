import type { RecordRules } from "../counters/record-rules.ts";
import { columnsOf, type MeasureCoverage, type RecordSums } from "../counters/records.ts";
import type { RollupKey } from "../counters/rollup-key.ts";
import { integersOf } from "../database/integer-array.ts";
import type { RollupKind } from "../figures/measure.ts";
import type { Day } from "../lib/time/date.ts";
import type { AnswerEnd, AnswerHead, AnswerRow } from "./rollup-answer.store.ts";
import { type AnswerHint, fits } from "./rollup-hint.ts";
import { type Rollup, rollupClass, type StoredRollup } from "./rollup.ts";

const NONE_COVERED: MeasureCoverage = { covered: 0, reported: 0 };

interface Asked {
  readonly kind: RollupKind;
  readonly rules: RecordRules | null;
  readonly keys: readonly RollupKey[];
  readonly looking: AnswerHint;
  /** The positions of units, if sums of records have their numbers. */
  readonly places: ReadonlyMap<number, number> | null;
  /** The last day whose records count, or null without records. */
  readonly through: Day | null;
}

/** The roll-ups of the keys of one statement, while its rows come. */
export class RollupAnswer {
  readonly #asked: Asked;
  readonly #make: (n: number) => Rollup;
  readonly #stored: (StoredRollup | undefined)[];
  readonly #certain: (readonly number[] | null)[];
  readonly #possible: (readonly number[] | null)[];
  #withheld: ReadonlySet<number> = new Set();
  /** Position of the unit whose sums came last. */
  #last = -1;
  #giving: { readonly later: readonly PromiseWithResolvers<Rollup>[]; readonly isGiven: Uint8Array } | null = null;
  head: AnswerHead | null = null;
  #end: AnswerEnd | null = null;

  constructor(asked: Asked) {
    const { keys, kind } = asked;
    this.#asked = asked;
    this.#stored = Array<StoredRollup | undefined>(keys.length).fill(undefined);
    this.#certain = Array<readonly number[] | null>(keys.length).fill(null);
    this.#possible = Array<readonly number[] | null>(keys.length).fill(null);
    const KindRollup = rollupClass(kind);
    this.#make = (n) => new KindRollup(keys[n]!, this.#stored[n], this.#sumsOf(n), this.#withheld.has(n) ? NONE_COVERED : null);
  }

  /** True if the statement looked for what there is. */
  get isFitting(): boolean {
    return this.head !== null && fits(this.head, this.#asked.looking);
  }

  /** False if a set must be built first, or lineage computed. */
  get isReady(): boolean {
    const { head } = this;
    return head !== null && isBuilt(head) && (head.isTraced || this.#end?.hasDoubtful === false);
  }

  /** True if the statement looked for all that these roll-ups depend on. */
  get isWhole(): boolean {
    return this.isFitting && !this.#lacksComplete && !this.#lacksWithheld;
  }

  /** What the next statement should look for. */
  learn(hint: AnswerHint): AnswerHint {
    const { isRecorded, isTreed, isStored } = this.head!;
    const isForComplete = hint.isForComplete || (this.isFitting && this.#lacksComplete);
    const isForWithheld = hint.isForWithheld || (this.isFitting && this.#lacksWithheld);
    return { isForRecords: isRecorded, isForTrees: isTreed, isForStored: isStored !== null, isForComplete, isForWithheld };
  }

  /** True if some unit has no records that count certainly, and may be complete. */
  get #lacksComplete(): boolean {
    const { rules, looking } = this.#asked;
    return this.head?.isRecorded === true && rules !== null && !looking.isForComplete && this.#certain.includes(null);
  }

  /** True if some roll-up has certain and possible values, but no figure covers a unit. */
  get #lacksWithheld(): boolean {
    const { keys, looking } = this.#asked;
    return !looking.isForWithheld && keys.some((_, n) => this.#isDoubtful(n));
  }

  get rollups(): Rollup[] {
    return this.#asked.keys.map((_, n) => this.#make(n));
  }

  /** Resolves as soon as it can promise all roll-ups, each of which is there once its rows have come; to null after the last row otherwise. */
  promised(read: (take: (row: AnswerRow) => void) => Promise<void>): Promise<Promise<Rollup>[] | null> {
    return new Promise((promise, fail) => {
      const take = (row: AnswerRow) => {
        this.take(row);
        if (row.part === 0 && this.isFitting && isBuilt(row.data) && row.data.isTraced) promise(this.#promiseAll());
      };
      const ended = () => {
        for (const n of this.#asked.keys.keys()) this.#give(n);
        promise(null);
      };
      const failed = (error: unknown) => {
        for (const { reject } of this.#giving?.later ?? []) reject(error);
        fail(error);
      };
      read(take).then(ended, failed);
    });
  }

  #promiseAll(): Promise<Rollup>[] {
    const { keys } = this.#asked;
    const later = keys.map(() => Promise.withResolvers<Rollup>());
    this.#giving = { later, isGiven: new Uint8Array(keys.length) };
    return later.map(({ promise }) => promise);
  }

  take(row: AnswerRow): void {
    switch (row.part) {
      case 0:
        this.head = row.data;
        return;
      case 1:
        this.#stored[row.key - 1] = storedOf(row);
        if (!this.head?.isRecorded) this.#give(row.key - 1);
        return;
      case 2:
        this.#takeSums(row);
        return;
      case 3:
        this.#end = row.data;
        for (const i of row.data.complete ?? []) this.#certain[i - 1] = this.#asked.rules!.zeros;
        this.#withheld = new Set(row.data.withheld?.map((i) => i - 1));
    }
  }

  #takeSums({ key, certain, counted }: Extract<AnswerRow, { part: 2 }>): void {
    const { places, rules } = this.#asked;
    const n = places ? places.get(key) : key - 1;
    if (n === undefined) return;
    if (this.#giving?.isGiven[n]) throw new Error(`The sums of unit ${key} came apart`);
    (certain ? this.#certain : this.#possible)[n] = columnsOf(rules!.measures, rules!.measuresOf(integersOf(counted) as number[]));
    // What is doubtful or has no certain sum waits for the end.
    const last = this.#last;
    if (last !== n && last >= 0 && this.#certain[last] !== null && !this.#isDoubtful(last)) this.#give(last);
    this.#last = n;
  }

  #give(n: number): void {
    if (this.#giving === null || this.#giving.isGiven[n]) return;
    this.#giving.isGiven[n] = 1;
    this.#giving.later[n]!.resolve(this.#make(n));
  }

  #sumsOf(n: number): RecordSums | null {
    const { rules, through } = this.#asked;
    if (!this.head?.isRecorded || rules === null) return null;
    return { certain: this.#certain[n]!, possible: this.#possible[n]!, through: through! };
  }

  #isDoubtful(n: number): boolean {
    const [own, recorded] = [this.#stored[n], this.#sumsOf(n)];
    if (!recorded || (own?.[0] ?? 0) > 0) return false;
    const isInexact = recorded.possible !== null || own?.[2] === false;
    return isInexact && (recorded.certain !== null || own?.[5].some((sum) => sum !== null) === true);
  }
}

const isBuilt = ({ isContributed, isRecorded, isStored }: AnswerHead) => (isContributed || !isRecorded) && isStored !== false;

const storedOf = ({ certain: exact, data, counted }: Extract<AnswerRow, { part: 1 }>): StoredRollup => {
  const integers = integersOf(counted);
  return [integers[0]!, integers[1]!, exact, data?.[0] ?? null, data?.[1] ?? null, integers.slice(2)];
};
