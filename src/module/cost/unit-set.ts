import type { Slice } from "../../hierarchy/slice.ts";

/** Upper limit of every estimate, because nested lists exceed the number range. */
export const CEILING = 1_000_000_000_000;
export const bounded = (rows: number): number => Math.min(rows, CEILING);

export interface Candidates {
  readonly slice: Slice;
  readonly members: readonly number[];
  readonly times: readonly number[];
}

/** Estimate of the units at one place of an answer: the candidates, the maximum occurrence of each, and the total. If the candidates number `count`, the set is exact. */
export interface UnitSet {
  readonly candidates: readonly Candidates[];
  readonly count: number;
}

export const NO_UNITS: UnitSet = { candidates: [], count: 0 };

/** Number of units that an estimate may look at; above it the operation is too large whatever its exact cost. */
export class Effort {
  #left: number;
  constructor(steps: number) {
    this.#left = steps;
  }

  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new TooLarge();
  }
}

export class TooLarge extends Error {}

/** Calls `reach` for every unit to which a member leads, as often as the answer contains it. */
export type Leads = (slice: Slice, member: number, reach: (slice: Slice, member: number) => void) => void;

class Tally {
  readonly #slice: Slice;
  readonly #times = new Map<number, number>();
  constructor(slice: Slice) {
    this.#slice = slice;
  }

  add(member: number, times: number): void {
    this.#times.set(member, (this.#times.get(member) ?? 0) + times);
  }

  candidates(): Candidates {
    return { slice: this.#slice, members: [...this.#times.keys()], times: [...this.#times.values()].map(bounded) };
  }
}

export const ledTo = (from: UnitSet, effort: Effort, leads: Leads): UnitSet => {
  const tallies = new Map<Slice, Tally>();
  const fans = new Map<number, number>();
  for (const { slice: source, members, times } of from.candidates)
    for (const [n, member] of members.entries()) {
      let fan = 0;
      const often = times[n]!;
      leads(source, member, (slice, reached) => {
        fan++;
        let tally = tallies.get(slice);
        if (!tally) tallies.set(slice, (tally = new Tally(slice)));
        tally.add(reached, often);
      });
      fans.set(fan, (fans.get(fan) ?? 0) + often);
      effort.spend(1 + fan);
    }
  return { candidates: [...tallies.values()].map((tally) => tally.candidates()), count: bounded(largest(fans, from.count)) };
};

/** Maximum number of units that `count` units lead to: largest fan-outs first. */
const largest = (fans: ReadonlyMap<number, number>, count: number): number => {
  let [left, sum] = [count, 0];
  for (const [fan, often] of [...fans].toSorted(([a], [b]) => b - a)) {
    const taken = Math.min(left, often);
    sum += taken * fan;
    left -= taken;
  }
  return sum;
};

const sizes = new WeakMap<Slice, Int32Array>();

export const sizesOf = (slice: Slice): Int32Array => {
  const cached = sizes.get(slice);
  if (cached) return cached;
  const counted = new Int32Array(slice.members.length);
  for (const member of counted.keys()) for (let at = member; at >= 0; at = slice.parents[at]!) counted[at]!++;
  sizes.set(slice, counted);
  return counted;
};

/** Total subtree size of the units of a set. */
export const unitsWithin = ({ candidates, count }: UnitSet, effort: Effort): number => {
  const fans = new Map<number, number>();
  for (const { slice, members, times } of candidates) {
    effort.spend(members.length);
    const within = sizesOf(slice);
    for (const [n, member] of members.entries()) fans.set(within[member]!, (fans.get(within[member]!) ?? 0) + times[n]!);
  }
  return bounded(largest(fans, count));
};

export const repeated = ({ candidates, count }: UnitSet, factor: number): UnitSet =>
  factor === 1
    ? { candidates, count }
    : {
        candidates: candidates.map(({ slice, members, times }) => ({
          slice,
          members,
          times: times.map((often) => bounded(often * factor)),
        })),
        count: bounded(count * factor),
      };

/** Any units of a slice, each possibly every time. */
export const anyOf = (slice: Slice, count: number): UnitSet => ({
  candidates: [{ slice, members: [...slice.members.keys()], times: slice.members.map(() => count) }],
  count: slice.members.length === 0 ? 0 : count,
});

/** Each of these members once, at most `count`. */
export const distinct = (slice: Slice, members: readonly number[], count = members.length): UnitSet => ({
  candidates: [{ slice, members, times: members.map(() => 1) }],
  count: Math.min(count, members.length),
});

export const together = (sets: readonly (readonly [Slice, number])[]): UnitSet => {
  const tallies = new Map<Slice, Tally>();
  for (const [slice, member] of sets) {
    const tally = tallies.get(slice) ?? new Tally(slice);
    tallies.set(slice, tally);
    tally.add(member, 1);
  }
  return { candidates: [...tallies.values()].map((tally) => tally.candidates()), count: sets.length };
};
