import { LRUCache } from "lru-cache";
import {
  compareCodes,
  type DayNumber,
  type HierarchyContent,
  type HierarchyEdition,
  type HierarchyUnit,
  type Life,
  lifeFrom,
  NEVER,
  type SuccessionStep,
} from "./hierarchy-content.ts";
import { memberIn, type Slice, sliceOf } from "./slice.ts";

const NONE: readonly number[] = [];
const NO_VERSIONS: readonly HierarchyUnit[] = [];
/** Maximum number of cached slices of about half a megabyte; each edition has one. */
const MAX_SLICES = 128;

/** The units of all days in memory: versions, parents, successions and editions. It is never changed, but replaced as a whole. It contains public data only. */
export class Hierarchy {
  readonly version: string | null;
  readonly versions: readonly HierarchyUnit[];
  readonly successions: readonly SuccessionStep[];
  readonly editions: readonly HierarchyEdition[];
  readonly #byCode: ReadonlyMap<string, readonly HierarchyUnit[]>;
  readonly #byId = new Map<string, number>();
  /** Versions of each unit by its number, by day. */
  readonly #versionsOf: HierarchyUnit[][] = [];
  readonly #lives: Life[] = [];
  readonly #changes: readonly DayNumber[];
  #byParent: ReadonlyMap<number | null, readonly HierarchyUnit[]> | null = null;
  readonly #predecessors: ReadonlyMap<number, readonly SuccessionStep[]>;
  readonly #successors: ReadonlyMap<number, readonly SuccessionStep[]>;
  readonly #slices = new LRUCache<DayNumber, Slice>({ max: MAX_SLICES });
  #latest: Slice | null = null;

  constructor({ version, versions, successions, editions }: HierarchyContent) {
    this.version = version;
    this.versions = versions;
    this.successions = successions;
    const sorted = editions.toSorted((a, b) => a.startsOn - b.startsOn);
    this.editions = sorted.map((edition, n) => ({ ...edition, next: sorted[n + 1]?.startsOn ?? NEVER }));
    this.#byCode = Map.groupBy(versions, ({ code }) => code);
    this.#predecessors = Map.groupBy(successions, ({ successor }) => successor);
    this.#successors = Map.groupBy(successions, ({ predecessor }) => predecessor);
    const changes = new Set([0]);
    for (const one of versions) {
      this.#byId.set(one.id, one.unitNo);
      if (one.tier !== null) changes.add(one.from).add(one.to);
      (this.#versionsOf[one.unitNo] ??= []).push(one);
    }
    for (const ofUnit of this.#versionsOf) ofUnit?.sort((a, b) => a.from - b.from);
    this.#changes = [...changes].toSorted((a, b) => a - b);
  }

  versionsOf(unitNo: number): readonly HierarchyUnit[] {
    return this.#versionsOf[unitNo] ?? NO_VERSIONS;
  }

  /** The public id of a unit. */
  idOf(unitNo: number): string {
    return this.versionsOf(unitNo)[0]!.id;
  }

  versionOn(unitNo: number, day: DayNumber): HierarchyUnit | null {
    return this.versionsOf(unitNo).findLast(({ from, to }) => from <= day && day < to) ?? null;
  }

  /** Numbers of all units that ever had one of the codes. */
  numbersOf(codes: Iterable<string>): number[] {
    const versions = [...new Set(codes)].flatMap((code) => this.#byCode.get(code) ?? []);
    return [...new Set(versions.map(({ unitNo }) => unitNo))];
  }

  /** The first day of a unit. */
  beganOn(unitNo: number): DayNumber {
    return this.versionsOf(unitNo)[0]?.from ?? NEVER;
  }

  /** The first day after a unit. */
  endedOn(unitNo: number): DayNumber {
    return this.versionsOf(unitNo).at(-1)?.to ?? 0;
  }

  lifeOf(unitNo: number): Life {
    return (this.#lives[unitNo] ??= lifeFrom(this.beganOn(unitNo), this.endedOn(unitNo)));
  }

  /** The edition in force on a day; null before the first. */
  editionOn(day: DayNumber): HierarchyEdition | null {
    return this.editions.findLast(({ startsOn }) => startsOn <= day) ?? null;
  }

  on(day: DayNumber): Slice {
    // Readers ask for one day many times.
    const latest = this.#latest;
    if (latest && latest.from <= day && day < latest.to) return latest;
    const place = this.#changes.findLastIndex((change) => change <= day);
    const from = this.#changes[place] ?? 0;
    const slice = this.#slices.get(from) ?? sliceOf(this.versions, from, this.#changes[place + 1] ?? NEVER);
    this.#slices.set(from, slice);
    this.#latest = slice;
    return slice;
  }

  /** The units and agencies of a day, by code. */
  versionsOn(day: DayNumber): readonly HierarchyUnit[] {
    return this.#existing(this.on(day).members, day);
  }

  /** The units and agencies directly below a unit on a day, by code. */
  versionsUnder(unitNo: number, day: DayNumber): readonly HierarchyUnit[] {
    const slice = this.on(day);
    const under = slice.under[memberIn(slice, unitNo)] ?? NONE;
    return this.#existing(
      under.map((member) => slice.members[member]!),
      day,
    );
  }

  /** All versions whose parent was the unit, by code. */
  everUnder(unitNo: number): readonly HierarchyUnit[] {
    this.#byParent ??= Map.groupBy(this.versions, ({ parentNo }) => parentNo);
    return this.#byParent.get(unitNo) ?? NO_VERSIONS;
  }

  /** The units and agencies at any depth below a unit on a day, by code. */
  versionsBelow(unitNo: number, day: DayNumber): readonly HierarchyUnit[] {
    const { under, members, memberOf } = this.on(day);
    const found = [...(under[memberOf[unitNo] ?? -1] ?? NONE)];
    // The loop also visits members that it adds.
    for (const member of found) found.push(...under[member]!);
    const sorted = new Int32Array(found).toSorted();
    return this.#existing(
      found.map((_, n) => members[sorted[n]!]!),
      day,
    );
  }

  /** The units above a unit on a day, from the country down to its parent. */
  versionsAbove(unitNo: number, day: DayNumber): readonly HierarchyUnit[] {
    const { parents, members, memberOf } = this.on(day);
    // An agency may have moved from one unit to another within the days of a slice, which knows the last one.
    const parentNo = this.versionOn(unitNo, day)?.parentNo ?? -1;
    const found: HierarchyUnit[] = [];
    for (let at = memberOf[parentNo] ?? -1; at >= 0; at = parents[at]!) found.push(members[at]!);
    return found.toReversed();
  }

  /** The number of units and agencies at any depth below a unit on the days around, itself included. */
  sizeOf(unitNo: number, day: DayNumber): number {
    const { sizes, memberOf } = this.on(day);
    return sizes[memberOf[unitNo] ?? -1] ?? 0;
  }

  /** An agency of a slice need not exist on each of its days, nor with one code. */
  #existing(versions: readonly HierarchyUnit[], day: DayNumber): readonly HierarchyUnit[] {
    if (versions.every((one) => one.tier !== null || (one.from <= day && day < one.to))) return versions;
    const existing = versions.flatMap((one) => (one.tier === null ? (this.versionOn(one.unitNo, day) ?? []) : one));
    return existing.toSorted((a, b) => compareCodes(a.code, b.code));
  }

  /** Resolves a code or id by the rule of Query.unit: the unit that held it on that day, or last held it by today. */
  unitNoOf(reference: { readonly code: string } | { readonly id: string }, asOf: DayNumber | null, today: DayNumber): number | null {
    const named = "code" in reference ? this.#byCode.get(reference.code) : this.versionsOf(this.#byId.get(reference.id) ?? -1);
    let latest: HierarchyUnit | null = null;
    for (const one of named ?? NO_VERSIONS)
      if (one.from <= (asOf ?? today) && (asOf === null || one.to > asOf) && (latest === null || one.from > latest.from)) latest = one;
    return latest?.unitNo ?? null;
  }

  /** The unit that held the code last within the days, or that has the id and existed on one of them. */
  unitNoWithin(name: string, first: DayNumber, last: DayNumber): number | null {
    const isWithin = ({ from, to }: HierarchyUnit) => from <= last && to > first;
    const holders = (this.#byCode.get(name) ?? NO_VERSIONS).filter(isWithin);
    const holder = holders.toSorted((a, b) => b.from - a.from)[0] ?? this.versionsOf(this.#byId.get(name) ?? -1).find(isWithin);
    return holder?.unitNo ?? null;
  }

  stepsTo(unitNo: number): readonly SuccessionStep[] {
    return this.#predecessors.get(unitNo) ?? NO_STEPS;
  }

  stepsFrom(unitNo: number): readonly SuccessionStep[] {
    return this.#successors.get(unitNo) ?? NO_STEPS;
  }
}

const NO_STEPS: readonly SuccessionStep[] = [];
