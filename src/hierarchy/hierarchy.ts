import { LRUCache } from "lru-cache";
import type { Day } from "../lib/time/date.ts";
import type { Tier, UnitKind } from "./unit.entity.ts";

type DayNumber = number;

const NEVER: DayNumber = 99_999_999;
export const dayNumber = (day: Day): DayNumber => Number(day.slice(0, 4)) * 10_000 + Number(day.slice(5, 7)) * 100 + Number(day.slice(8));

/** One version of a unit, without its names; versions are sorted by code. */
export interface HierarchyVersion {
  readonly unitNo: number;
  readonly id: string;
  readonly code: string;
  readonly parentNo: number | null;
  readonly tier: Tier | null;
  readonly kind: UnitKind;
  readonly from: DayNumber;
  readonly to: DayNumber;
}

interface Step {
  readonly predecessor: number;
  readonly successor: number;
  readonly effectiveOn: DayNumber;
}

/** The hierarchy between two changes of territorial units. Members are numbered from 0 in the order of their codes. An agency is a member if it existed on one of the days. */
export interface Slice {
  readonly from: DayNumber;
  readonly to: DayNumber;
  readonly members: readonly HierarchyVersion[];
  /** Parent of each member; -1 for none. */
  readonly parents: Int32Array;
  /** Direct children of each member, including agencies, by code. */
  readonly under: readonly (readonly number[])[];
  /** Maps internal unit numbers to members; -1 if the unit did not exist. */
  readonly memberOf: Int32Array;
}

const NONE: readonly number[] = [];
/** Maximum number of cached slices of about half a megabyte; each edition has one. */
const MAX_SLICES = 128;

/** The hierarchy of all days in memory: parents and successions. It contains public data only. */
export class Hierarchy {
  readonly #versions: readonly HierarchyVersion[];
  readonly #byReference = new Map<string, HierarchyVersion[]>();
  readonly #changes: readonly DayNumber[];
  readonly #lives = new Map<number, { began: DayNumber; ended: DayNumber }>();
  readonly #predecessors: ReadonlyMap<number, readonly Step[]>;
  readonly #successors: ReadonlyMap<number, readonly Step[]>;
  readonly #slices = new LRUCache<DayNumber, Slice>({ max: MAX_SLICES });

  constructor(versions: readonly HierarchyVersion[], steps: readonly Step[]) {
    this.#versions = versions;
    this.#predecessors = Map.groupBy(steps, ({ successor }) => successor);
    this.#successors = Map.groupBy(steps, ({ predecessor }) => predecessor);
    const changes = new Set([0]);
    for (const version of versions) {
      const { unitNo, tier, from, to } = version;
      if (tier !== null) changes.add(from).add(to);
      const life = this.#lives.get(unitNo);
      this.#lives.set(unitNo, { began: Math.min(life?.began ?? NEVER, from), ended: Math.max(life?.ended ?? 0, to) });
      this.#refer(`code ${version.code}`, version);
      this.#refer(`id ${version.id}`, version);
    }
    this.#changes = [...changes].toSorted((a, b) => a - b);
  }

  #refer(reference: string, version: HierarchyVersion): void {
    const known = this.#byReference.get(reference);
    if (known) known.push(version);
    else this.#byReference.set(reference, [version]);
  }

  on(day: DayNumber): Slice {
    return this.#slice(this.#changes.findLastIndex((change) => change <= day));
  }

  before(day: DayNumber): Slice {
    return this.#slice(this.#changes.findLastIndex((change) => change < day));
  }

  #slice(place: number): Slice {
    const from = this.#changes[place] ?? 0;
    const slice = this.#slices.get(from) ?? sliceOf(this.#versions, from, this.#changes[place + 1] ?? NEVER);
    this.#slices.set(from, slice);
    return slice;
  }

  /** Resolves a code or id by the rule of Query.unit: on that day, or today, or on the unit's last day. */
  find(reference: { readonly code: string } | { readonly id: string }, asOf: DayNumber | null, today: DayNumber): [Slice, number] | null {
    const key = "code" in reference ? `code ${reference.code}` : `id ${reference.id}`;
    const versions = (this.#byReference.get(key) ?? []).filter(({ from, to }) => from <= (asOf ?? today) && (asOf === null || to > asOf));
    if (versions.length === 0) return null;
    const { unitNo } = versions.reduce((latest, version) => (version.from > latest.from ? version : latest));
    const { ended } = this.#lives.get(unitNo)!;
    const slice = asOf === null ? (ended <= today ? this.before(ended) : this.on(today)) : this.on(asOf);
    return placed(slice, unitNo)[0] ?? null;
  }

  predecessorsOf({ to, members }: Slice, member: number): [Slice, number][] {
    const steps = this.#predecessors.get(members[member]!.unitNo) ?? [];
    return steps.flatMap(({ predecessor, effectiveOn }) => (effectiveOn < to ? placed(this.before(effectiveOn), predecessor) : []));
  }

  successorsOf({ members }: Slice, member: number): [Slice, number][] {
    const steps = this.#successors.get(members[member]!.unitNo) ?? [];
    return steps.flatMap(({ successor, effectiveOn }) => placed(this.on(effectiveOn), successor));
  }

  /** Returns the smallest members of another slice that may hold territory of a unit, as Unit.correspondence does. */
  correspondentsOf(unitNo: number, slice: Slice): number[] {
    let leaves: Set<number> = new Set();
    for (let start: number | null = unitNo, steps = 0; start !== null && leaves.size === 0 && steps < 10; steps++) {
      leaves = this.#leavesOf(start, slice);
      start = this.#lastParent(start) ?? this.#firstParent(start);
    }
    const above = new Set<number>();
    for (const leaf of leaves) for (let at = slice.parents[leaf]!; at >= 0 && !above.has(at); at = slice.parents[at]!) above.add(at);
    return [...leaves].filter((leaf) => !above.has(leaf));
  }

  #leavesOf(start: number, slice: Slice): Set<number> {
    const leaves = new Set<number>();
    const reached = new Set([start]);
    for (const unit of reached) {
      const member = memberIn(slice, unit);
      if (member >= 0) leaves.add(member);
      else for (const next of this.#followed(unit, slice)) reached.add(next);
    }
    return leaves;
  }

  #followed(unit: number, { from }: Slice): readonly number[] {
    const { began, ended } = this.#lives.get(unit)!;
    if (ended <= from) {
      const successors = this.#successors.get(unit);
      if (successors) return successors.map(({ successor }) => successor);
      const last = this.before(ended);
      const under = last.under[memberIn(last, unit)]?.map((member) => last.members[member]!).filter(({ tier }) => tier !== null);
      return under?.length ? under.map(({ unitNo }) => unitNo) : asList(this.#lastParent(unit));
    }
    const predecessors = began > from ? this.#predecessors.get(unit) : NO_STEPS;
    return predecessors ? predecessors.map(({ predecessor }) => predecessor) : asList(this.#firstParent(unit));
  }

  #lastParent(unit: number): number | null {
    return this.#parentIn(this.before(this.#lives.get(unit)!.ended), unit);
  }

  #firstParent(unit: number): number | null {
    return this.#parentIn(this.on(this.#lives.get(unit)!.began), unit);
  }

  #parentIn(slice: Slice, unit: number): number | null {
    return slice.members[memberIn(slice, unit)]?.parentNo ?? null;
  }
}

const NO_STEPS: readonly Step[] = [];
const asList = (unit: number | null): readonly number[] => (unit === null ? NONE : [unit]);

const memberIn = ({ memberOf }: Slice, unitNo: number): number => memberOf[unitNo] ?? -1;

const placed = (slice: Slice, unitNo: number): [Slice, number][] => {
  const member = memberIn(slice, unitNo);
  return member < 0 ? [] : [[slice, member]];
};

const sliceOf = (versions: readonly HierarchyVersion[], first: DayNumber, next: DayNumber): Slice => {
  const found = versions.filter(({ from, to }) => from < next && to > first);
  const memberOf = new Int32Array(found.reduce((most, { unitNo }) => Math.max(most, unitNo), 0) + 1).fill(-1);
  // An agency that was renamed within these days is still one member.
  const members = [...new Map(found.map((version) => [version.unitNo, version])).values()];
  for (const [member, { unitNo }] of members.entries()) memberOf[unitNo] = member;
  const parents = Int32Array.from(members, ({ parentNo }) => memberOf[parentNo ?? -1] ?? -1);
  const under: (readonly number[])[] = members.map(() => NONE);
  for (const [member, parent] of parents.entries()) {
    if (parent < 0) continue;
    if (under[parent] === NONE) under[parent] = [member];
    else (under[parent] as number[]).push(member);
  }
  return { from: first, to: next, members, parents, under, memberOf };
};
