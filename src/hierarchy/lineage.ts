import { LRUCache } from "lru-cache";
import { EditionMembers } from "./edition-members.ts";
import type { Hierarchy } from "./hierarchy.ts";
import type { DayNumber, EditionSpan, LineageSource } from "./hierarchy-content.ts";
import { SITTING_KINDS, type UnitKind } from "./unit.entity.ts";

export interface ContributionRow {
  readonly target: number;
  readonly unit: number;
  readonly certain: boolean;
  readonly nearest: boolean;
}

const NONE: readonly number[] = [];
/** More than there are; each takes some 80 kB. */
const MOST_EDITIONS = 64;

type Lists = (number[] | undefined)[];
const append = (lists: Lists, at: number, value: number): void => void (lists[at] ??= []).push(value);

/**
 * The contributions of units to editions. A unit outside an edition leads step by step to units of the edition (its leaves): forward through its successors, or the units
 * below it on its last day, or its parent; backward through its predecessors, or its parent on its first day. It contributes to its leaves and all their ancestors,
 * certainly if the ancestor holds all of its leaves. A vertical or central agency contributes to its leaves only, and if a leaf is an agency to the unit where that sits.
 * An agency belongs to every edition on whose days it exists; predecessor and successor within one edition count for each other, because no query can ask for both on the
 * same day.
 */
export class Lineage {
  /** With versions sorted by their first days. */
  readonly #source: LineageSource;
  /** The lists and arrays below are by unit number; 0 is no unit. */
  readonly #successors: Lists = [];
  readonly #predecessors: Lists = [];
  readonly #size: number;
  readonly #ended: Int32Array;
  readonly #firstParents: Int32Array;
  readonly #lastParents: Int32Array;
  readonly #isSitting: Uint8Array;
  /** Territorial units below a unit on its last day. */
  readonly #lastUnder: Lists = [];
  readonly #members = new LRUCache<string, EditionMembers>({ max: MOST_EDITIONS });
  /** Empty between two calls; to make one for each unit would take longer than all else. */
  #found: Contributions | null = null;

  constructor({ versions, successions }: LineageSource) {
    const sorted = versions.toSorted((a, b) => a.from - b.from);
    this.#source = { versions: sorted, successions };
    this.#size = versions.reduce((most, { unitNo, parentNo }) => Math.max(most, unitNo, parentNo ?? 0), 0) + 1;
    this.#ended = new Int32Array(this.#size);
    this.#firstParents = new Int32Array(this.#size);
    this.#lastParents = new Int32Array(this.#size);
    this.#isSitting = new Uint8Array(this.#size);
    for (const version of sorted) this.#add(version);
    for (const { unitNo, parentNo, tier, from, to } of sorted) {
      const end = this.#ended[parentNo ?? 0]!;
      if (parentNo !== null && tier !== null && from < end && to >= end) append(this.#lastUnder, parentNo, unitNo);
    }
    for (const { predecessor, successor } of successions) {
      append(this.#successors, predecessor, successor);
      append(this.#predecessors, successor, predecessor);
    }
  }

  #add({ unitNo, parentNo, kind, to }: LineageSource["versions"][number]): void {
    if (this.#ended[unitNo] === 0) this.#firstParents[unitNo] = parentNo ?? 0;
    this.#ended[unitNo] = to;
    this.#lastParents[unitNo] = parentNo ?? 0;
    this.#isSitting[unitNo] = (SITTING_KINDS as readonly UnitKind[]).includes(kind) ? 1 : 0;
  }

  /** The contributions of the units (null means all) to the edition, by target and unit. */
  contributionsTo(edition: EditionSpan, units: Iterable<number> | null): ContributionRow[] {
    const members = this.#membersOf(edition);
    const found = (this.#found ??= new Contributions(this.#size));
    for (const unit of units === null ? this.#all() : new Set(units)) {
      const leaves = this.#leavesOf(unit, members, edition.startsOn);
      if (leaves.length > 0) found.add(unit, this.#isSitting[unit] === 1, leaves, members);
    }
    return found.taken();
  }

  /** Those of the units that contribute certainly to one of the targets. */
  unitsOf(edition: EditionSpan, targets: ReadonlySet<number>, units: Iterable<number>): Set<number> {
    const found = new Set<number>();
    for (const { target, unit, certain } of this.contributionsTo(edition, units)) if (certain && targets.has(target)) found.add(unit);
    return found;
  }

  #membersOf(edition: EditionSpan): EditionMembers {
    const name = `${edition.startsOn} ${edition.next}`;
    const members = this.#members.get(name) ?? new EditionMembers(this.#source, this.#predecessors, this.#size, edition);
    this.#members.set(name, members);
    return members;
  }

  *#all(): Iterable<number> {
    for (const [unit, ended] of this.#ended.entries()) if (ended !== 0) yield unit;
  }

  /** A unit that leads nowhere (no successor, and a parent that points back to it) takes the leaves of its nearest ancestor that has some. */
  #leavesOf(unit: number, members: EditionMembers, startsOn: DayNumber): readonly number[] {
    if (members.has(unit)) return [unit];
    const climbed = new Set<number>();
    for (let at = unit; at > 0 && !climbed.has(at); at = this.#edgeParent(at, startsOn)) {
      const leaves = this.#reach(at, members, startsOn);
      if (leaves.length > 0) return leaves;
      climbed.add(at);
    }
    return NONE;
  }

  /** The parent on the last day of a unit that ended before the edition, otherwise on its first. */
  #edgeParent(unit: number, startsOn: DayNumber): number {
    return (this.#ended[unit]! <= startsOn ? this.#lastParents : this.#firstParents)[unit] ?? 0;
  }

  #reach(start: number, members: EditionMembers, startsOn: DayNumber): number[] {
    const leaves: number[] = [];
    const reached = new Set([start]);
    for (const unit of reached) {
      if (members.has(unit)) leaves.push(unit);
      else for (const next of this.#steps(unit, startsOn)) reached.add(next);
    }
    return leaves;
  }

  #steps(unit: number, startsOn: DayNumber): readonly number[] {
    const steps = this.#ended[unit]! <= startsOn ? (this.#successors[unit] ?? this.#lastUnder[unit]) : this.#predecessors[unit];
    if (steps) return steps;
    const parent = this.#edgeParent(unit, startsOn);
    return parent === 0 ? NONE : [parent];
  }
}

const lineages = new WeakMap<Hierarchy, Lineage>();

export const lineageOf = (hierarchy: Hierarchy): Lineage => {
  const made = lineages.get(hierarchy) ?? new Lineage(hierarchy);
  lineages.set(hierarchy, made);
  return made;
};

const [IS_LEAF, IS_SEAT, IS_UNSURE] = [1, 2, 4];
/** More than all unit numbers; two of them and two bits are an exact number. */
const MOST_UNITS = 2 ** 24;

/** Collects contributions as numbers, which sort ten times as fast as objects. */
class Contributions {
  readonly #packed: number[] = [];
  /** By target: the leaves of the present unit that lead to it, and what it is to them. */
  readonly #leaves: Int32Array;
  readonly #marks: Uint8Array;
  readonly #targets: number[] = [];

  constructor(size: number) {
    this.#leaves = new Int32Array(size);
    this.#marks = new Uint8Array(size);
  }

  add(unit: number, sits: boolean, leaves: readonly number[], members: EditionMembers): void {
    for (const leaf of leaves) this.#countFrom(leaf, members);
    const isNearest = (target: number) => (this.#marks[target]! & IS_LEAF) > 0 && this.#leaves[target] === 1;
    const isSingle = sits && this.#targets.filter(isNearest).length === 1;
    for (const target of this.#targets) {
      const marks = this.#marks[target]!;
      const nearest = isNearest(target);
      const certain = (marks & IS_UNSURE) === 0 && (this.#leaves[target] === leaves.length || isSingle);
      if (!sits || nearest || (marks & IS_SEAT) > 0)
        this.#packed.push((target * MOST_UNITS + unit) * 4 + (certain ? 1 : 0) + (nearest ? 2 : 0));
    }
    for (const target of this.#targets) this.#leaves[target] = this.#marks[target] = 0;
    this.#targets.length = 0;
  }

  #countFrom(leaf: number, members: EditionMembers): void {
    this.#count(leaf, IS_LEAF);
    for (let at = leaf, above = members.parentOf(at); above > 0; at = above, above = members.parentOf(at))
      this.#count(above, members.isAgency(at) ? IS_SEAT : 0);
    for (const [agency, isSure] of members.kinOf(leaf)) this.#count(agency, isSure ? IS_LEAF : IS_LEAF + IS_UNSURE);
  }

  #count(target: number, marks: number): void {
    if (this.#leaves[target]!++ === 0) this.#targets.push(target);
    this.#marks[target]! |= marks;
  }

  /** Returns what was added, and is empty again. */
  taken(): ContributionRow[] {
    return Array.from(Float64Array.from(this.#packed.splice(0)).toSorted(), (packed) => {
      const key = Math.floor(packed / 4);
      const unit = key % MOST_UNITS;
      return { target: (key - unit) / MOST_UNITS, unit, certain: packed % 2 === 1, nearest: packed % 4 >= 2 };
    });
  }
}
