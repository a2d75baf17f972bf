import type { Day } from "../../src/lib/time/date.ts";
import type { VersionRow } from "../../src/hierarchy/unit-file.ts";
import { type Tier, TIERS } from "../../src/hierarchy/unit.entity.ts";
import type { UnitHistory } from "./random-history.ts";

/** The measures that the oracle knows, and their one identity: resolved = early + on time + overdue. */
export const MEASURES = ["received", "resolved", "resolvedEarly", "resolvedOnTime", "resolvedOverdue"] as const;
export type Measure = (typeof MEASURES)[number] | "part" | "of";
export type Numbers = Partial<Record<Measure, number>>;

/** What one unit states of one tier (null: of all its tiers together) for one period. */
export interface Statement {
  readonly unit: string;
  readonly tier: Tier | null;
  readonly numbers: Numbers;
}

export type Holding = "certain" | "possible" | null;

interface Amount {
  readonly unit: string;
  readonly tier: Tier | null;
  readonly rest: number;
  readonly receivers: readonly string[];
}

/** Written from design.md, without a thought for speed. */
export class Oracle {
  readonly #world: UnitHistory;
  readonly #byKey: Map<string, VersionRow[]>;
  readonly #statements: readonly Statement[];
  readonly #day: Day;
  readonly #answers = new Map<string, unknown>();

  /** `day` is the last day of the period that the statements are of. */
  constructor(world: UnitHistory, statements: readonly Statement[], day: Day) {
    this.#world = world;
    this.#byKey = Map.groupBy(world.versions, ({ key }) => key);
    this.#statements = statements.map((statement) => ({ ...statement, numbers: filled(statement.numbers) }));
    this.#day = day;
  }

  /** The same question has the same answer; that is all the oracle does for speed. */
  #once<T>(question: string, answer: () => T): T {
    if (!this.#answers.has(question)) this.#answers.set(question, answer());
    return this.#answers.get(question) as T;
  }

  // Units in time (§1)

  on(key: string, day: Day): VersionRow | undefined {
    return this.#byKey.get(key)!.find(({ validFrom, validTo }) => validFrom <= day && (validTo === null || day < validTo));
  }

  unitsOn(day: Day): string[] {
    return this.#once(`units ${day}`, () => [...this.#byKey.keys()].filter((key) => this.on(key, day)));
  }

  under(key: string, day: Day): string[] {
    return this.#once(`under ${key} ${day}`, () => this.unitsOn(day).filter((other) => this.on(other, day)!.parentKey === key));
  }

  above(key: string, day: Day): string[] {
    const parent = this.on(key, day)?.parentKey ?? null;
    return parent === null ? [] : [parent, ...this.above(parent, day)];
  }

  subtree(key: string, day: Day): string[] {
    return this.#once(`subtree ${key} ${day}`, () => [key, ...this.under(key, day).flatMap((child) => this.subtree(child, day))]);
  }

  /** What unit s contributes to A in the hierarchy of the day. */
  holds(a: string, s: string, day: Day): Holding {
    return this.#once(`holds ${a} ${s} ${day}`, () => this.#holds(a, s, day, []));
  }

  #holds(a: string, s: string, day: Day, path: readonly string[]): Holding {
    if (this.on(s, day)) return [s, ...this.above(s, day)].includes(a) ? "certain" : null;
    const places = this.#places(s, day).filter((place) => !path.includes(place) && this.#leads(place, day, [...path, s]));
    if (places.length === 0) {
      const parent = this.#parentAtEdge(s, day);
      return parent === null || path.includes(parent) ? null : this.#holds(a, parent, day, [...path, s]);
    }
    const held = places.map((place) => this.#holds(a, place, day, [...path, s]));
    if (held.every((one) => one === "certain")) return "certain";
    return held.some((one) => one !== null) ? "possible" : null;
  }

  /** Whether a unit leads to the hierarchy at all without going round in a circle. */
  #leads(s: string, day: Day, path: readonly string[]): boolean {
    if (this.on(s, day)) return true;
    return this.#places(s, day).some((place) => !path.includes(place) && this.#leads(place, day, [...path, s]));
  }

  #edge(s: string, day: Day): { began: Day; last: VersionRow; ended: boolean } {
    const versions = this.#byKey.get(s)!;
    return {
      began: versions[0]!.validFrom,
      last: versions.at(-1)!,
      ended: versions.at(-1)!.validTo !== null && versions.at(-1)!.validTo! <= day,
    };
  }

  #parentAtEdge(s: string, day: Day): string | null {
    const { last, ended } = this.#edge(s, day);
    return ended ? last.parentKey : this.#byKey.get(s)![0]!.parentKey;
  }

  #places(s: string, day: Day): string[] {
    const { last, ended } = this.#edge(s, day);
    const parent = this.#parentAtEdge(s, day);
    if (!ended) {
      const predecessors = this.#world.successions.filter(({ successor }) => successor === s).map(({ predecessor }) => predecessor);
      return predecessors.length > 0 ? predecessors : parent === null ? [] : [parent];
    }
    const successors = this.#world.successions.filter(({ predecessor }) => predecessor === s).map(({ successor }) => successor);
    if (successors.length > 0) return successors;
    const under = [...this.#byKey.keys()].filter((key) => key !== s && this.#isUnderOnLastDay(key, s, last.validTo!));
    return under.length > 0 ? under : parent === null ? [] : [parent];
  }

  #isUnderOnLastDay(key: string, s: string, end: Day): boolean {
    return this.#byKey
      .get(key)!
      .some(({ parentKey, validFrom, validTo }) => parentKey === s && validFrom < end && (validTo === null || validTo >= end));
  }

  // Cells (§2): every unit of the day, every tier

  own(unit: string, tier: Tier | null, measure: Measure): number | null {
    const numbers = this.#statements.find((statement) => statement.unit === unit && statement.tier === tier)?.numbers;
    return numbers?.[measure] ?? null;
  }

  #tierOf(unit: string): Tier {
    return this.on(unit, this.#day)!.tier;
  }

  #ofTier(unit: string, tier: Tier): string[] {
    return this.subtree(unit, this.#day).filter((one) => one !== unit && this.#tierOf(one) === tier);
  }

  /** The figure or statement of the unit, where complete detail does not beat it. A matched rate goes with its whole. */
  #used(unit: string, tier: Tier, measure: Measure): number | null {
    const own = this.own(unit, tier, measure);
    const units = this.#ofTier(unit, tier);
    const complete = units.length > 0 && units.every((one) => this.own(one, tier, gate(measure)) !== null);
    return this.#tierOf(unit) !== tier && complete ? null : own;
  }

  cell(unit: string, tier: Tier, measure: Measure): number | null {
    return this.#once(
      `cell ${unit} ${tier} ${measure}`,
      () => this.#used(unit, tier, measure) ?? sum(this.under(unit, this.#day).map((child) => this.cell(child, tier, measure))),
    );
  }

  #wholeComplete(unit: string, measure: Measure): boolean {
    const known = (one: string): boolean => this.own(one, null, measure) !== null || this.#wholeComplete(one, measure);
    return this.own(unit, this.#tierOf(unit), measure) !== null && this.under(unit, this.#day).every(known);
  }

  /** All tiers together. */
  whole(unit: string, measure: Measure): number | null {
    return this.#once(`whole ${unit} ${measure}`, () => this.#whole(unit, measure));
  }

  #whole(unit: string, measure: Measure): number | null {
    // A tier that has no units under it any more is told by the unit alone.
    const own = TIERS.filter((tier) => tier === this.#tierOf(unit) || this.#ofTier(unit, tier).length === 0);
    const below = this.under(unit, this.#day).map((child) => this.whole(child, measure));
    const beyond = own.map((tier) => {
      const used = this.#used(unit, tier, measure);
      const known = sum(this.under(unit, this.#day).map((child) => this.cell(child, tier, measure))) ?? 0;
      return used === null ? null : used - known;
    });
    const parts = sum([...beyond, ...below]);
    if (this.#wholeComplete(unit, gate(measure))) return parts;
    const stated = this.own(unit, null, measure);
    if (stated !== null) return stated;
    const states = TIERS.some((tier) => !own.includes(tier) && this.#used(unit, tier, measure) !== null);
    return states ? sum(TIERS.map((tier) => this.cell(unit, tier, measure))) : parts;
  }

  // What each statement adds beyond what is known below it, and who may hold that

  #amounts(measure: Measure): Amount[] {
    return this.#once(`amounts ${measure}`, () => this.#allAmounts(measure));
  }

  #allAmounts(measure: Measure): Amount[] {
    return this.unitsOn(this.#day).flatMap((unit) => {
      const under = this.under(unit, this.#day);
      const ofTiers = TIERS.flatMap((tier): Amount[] => {
        if (this.#used(unit, tier, measure) === null) return [];
        const below = sum(under.map((child) => this.cell(child, tier, measure))) ?? 0;
        const told = (one: string) =>
          [one, ...this.above(one, this.#day)].find((author) => this.#used(author, tier, measure) !== null) !== unit;
        const receivers = this.#tierOf(unit) === tier ? [] : this.#ofTier(unit, tier).filter((one) => !told(one));
        return [{ unit, tier, rest: this.#used(unit, tier, measure)! - below, receivers }];
      });
      const whole = this.whole(unit, measure);
      const placed = (sum(ofTiers.map(({ rest }) => rest)) ?? 0) + (sum(under.map((child) => this.whole(child, measure))) ?? 0);
      const rest = (whole ?? 0) - placed;
      const states = this.own(unit, null, measure) !== null && !this.#wholeComplete(unit, gate(measure));
      if (!states && rest === 0) return ofTiers;
      return [...ofTiers, { unit, tier: null, rest, receivers: states ? this.#unstated(unit, measure) : [] }];
    });
  }

  #unstated(root: string, measure: Measure): string[] {
    return this.subtree(root, this.#day).filter((one) => {
      if (one === root || this.own(one, this.#tierOf(one), measure) !== null) return false;
      const path = [one, ...this.above(one, this.#day)];
      const between = path.slice(0, path.indexOf(root));
      const statesTier = [...between.slice(1), root].some((author) => this.#used(author, this.#tierOf(one), measure) !== null);
      return !statesTier && between.every((author) => this.own(author, null, measure) === null);
    });
  }

  // Roll-up (§3)

  /** The sum of what is certain in A, and of what is possible besides; null where there is none. */
  rollup(a: string, asOf: Day, tier: Tier | null, measure: Measure): { certain: number | null; possible: number | null } {
    const amounts = this.#amounts(measure).filter((amount) => tier === null || amount.tier === tier);
    const certain = amounts.filter(({ unit }) => this.holds(a, unit, asOf) === "certain");
    const possible = amounts.filter(
      (amount) =>
        !certain.includes(amount) &&
        (this.holds(a, amount.unit, asOf) === "possible" || amount.receivers.some((one) => this.holds(a, one, asOf) !== null)),
    );
    return { certain: sum(certain.map(({ rest }) => rest)), possible: sum(possible.map(({ rest }) => Math.max(rest, 0))) };
  }

  /** What is certain in A and in none of the cut, each once. */
  between(a: string, cut: readonly string[], asOf: Day, measure: Measure): number {
    const rest = this.#amounts(measure).filter(
      ({ unit }) => this.holds(a, unit, asOf) === "certain" && !cut.some((one) => this.holds(one, unit, asOf) === "certain"),
    );
    return sum(rest.map((amount) => amount.rest)) ?? 0;
  }

  expected(a: string, asOf: Day, tier: Tier | null): string[] {
    return this.unitsOn(this.#day).filter(
      (unit) =>
        this.#tierOf(unit) !== "COUNTRY" && (tier === null || this.#tierOf(unit) === tier) && this.holds(a, unit, asOf) === "certain",
    );
  }

  /** What is known of a unit's own tier here: by itself, or as part of a statement that is certain here. */
  #known(unit: string, a: string, asOf: Day, tier: Tier | null): Set<string> {
    const authors = new Set([unit, ...this.above(unit, this.#day)].filter((author) => this.holds(a, author, asOf) === "certain"));
    const of = this.#statements.filter(
      (statement) => authors.has(statement.unit) && (statement.tier === this.#tierOf(unit) || (tier === null && statement.tier === null)),
    );
    return new Set(of.flatMap(({ numbers }) => Object.keys(numbers).filter((name) => name !== "part" && name !== "of")));
  }

  covered(a: string, asOf: Day, tier: Tier | null): string[] {
    return this.expected(a, asOf, tier).filter((unit) => this.#known(unit, a, asOf, tier).size > 0);
  }

  /** Nothing that is covered is certain and something is possible: the value is null and the bounds tell. */
  isWithheld(a: string, asOf: Day, tier: Tier | null): boolean {
    return MEASURES.some((measure) => this.rollup(a, asOf, tier, measure).possible !== null) && this.covered(a, asOf, tier).length === 0;
  }

  incomplete(a: string, asOf: Day, tier: Tier | null): Measure[] {
    const covered = this.covered(a, asOf, tier);
    return MEASURES.filter((measure) => covered.some((unit) => !this.#known(unit, a, asOf, tier).has(measure)));
  }
}

const sum = (numbers: readonly (number | null)[]): number | null => {
  const known = numbers.filter((number) => number !== null);
  return known.length === 0 ? null : known.reduce((total, number) => total + number, 0);
};

const gate = (measure: Measure): Measure => (measure === "part" || measure === "of" ? "resolved" : measure);

/** resolved = early + on time + overdue; of cells that state both, "part" is early + on time and "of" is resolved. */
const filled = (numbers: Numbers): Numbers => {
  const all = { ...numbers };
  const parts = ["resolvedEarly", "resolvedOnTime", "resolvedOverdue"] as const;
  const unknown = () => parts.filter((name) => all[name] === undefined);
  const stated = () => parts.reduce((total, name) => total + (all[name] ?? 0), 0);
  if (all.resolved === undefined && unknown().length === 0) all.resolved = stated();
  if (all.resolved !== undefined && unknown().length === 1) all[unknown()[0]!] = all.resolved - stated();
  if (all.resolved !== undefined && stated() === all.resolved) for (const name of unknown()) all[name] = 0;
  if (all.resolved !== undefined && all.resolvedEarly !== undefined && all.resolvedOnTime !== undefined) {
    all.part = all.resolvedEarly + all.resolvedOnTime;
    all.of = all.resolved;
  }
  return all;
};
