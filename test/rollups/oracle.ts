import type { Day } from "../../src/lib/time/date.ts";
import { type Tier, TIERS } from "../../src/hierarchy/unit.entity.ts";
import { NaiveHierarchy } from "./naive-hierarchy.ts";
import type { UnitHistory } from "./random-history.ts";

/** The measures of the oracle, and their one identity: resolved = early + on time + overdue. */
export const MEASURES = ["received", "resolved", "resolvedEarly", "resolvedOnTime", "resolvedOverdue"] as const;
export type Measure = (typeof MEASURES)[number] | "part" | "of";
export type Numbers = Partial<Record<Measure, number>>;

/** What one unit states of one tier (null: of all its tiers together) for one period. */
export interface Statement {
  readonly unit: string;
  readonly tier: Tier | null;
  readonly numbers: Numbers;
}

interface Amount {
  readonly unit: string;
  readonly tier: Tier | null;
  readonly rest: number;
  readonly receivers: readonly string[];
}

/** Roll-ups as the design defines them, without a thought for speed. */
export class Oracle extends NaiveHierarchy {
  readonly #statements: readonly Statement[];
  readonly #day: Day;

  /** `day` is the last day of the period that the statements are of. */
  constructor(history: UnitHistory, statements: readonly Statement[], day: Day) {
    super(history);
    this.#statements = statements.map((statement) => ({ ...statement, numbers: filled(statement.numbers) }));
    this.#day = day;
  }

  // Cells: every unit of the day, every tier

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
    return this.once(
      `cell ${unit} ${tier} ${measure}`,
      () => this.#used(unit, tier, measure) ?? sum(this.under(unit, this.#day).map((child) => this.cell(child, tier, measure))),
    );
  }

  #wholeComplete(unit: string, measure: Measure): boolean {
    const values = (one: string): boolean => this.own(one, null, measure) !== null || this.#wholeComplete(one, measure);
    return this.own(unit, this.#tierOf(unit), measure) !== null && this.under(unit, this.#day).every(values);
  }

  /** All tiers together. */
  whole(unit: string, measure: Measure): number | null {
    return this.once(`whole ${unit} ${measure}`, () => this.#whole(unit, measure));
  }

  #whole(unit: string, measure: Measure): number | null {
    // A tier without units below this one is stated by the unit alone.
    const own = TIERS.filter((tier) => tier === this.#tierOf(unit) || this.#ofTier(unit, tier).length === 0);
    const below = this.under(unit, this.#day).map((child) => this.whole(child, measure));
    const beyond = own.map((tier) => {
      const used = this.#used(unit, tier, measure);
      const values = sum(this.under(unit, this.#day).map((child) => this.cell(child, tier, measure))) ?? 0;
      return used === null ? null : used - values;
    });
    const parts = sum([...beyond, ...below]);
    if (this.#wholeComplete(unit, gate(measure))) return parts;
    const stated = this.own(unit, null, measure);
    if (stated !== null) return stated;
    const states = TIERS.some((tier) => !own.includes(tier) && this.#used(unit, tier, measure) !== null);
    return states ? sum(TIERS.map((tier) => this.cell(unit, tier, measure))) : parts;
  }

  // The amount of each statement beyond the values below it, and the units that may contain it

  #amounts(measure: Measure): Amount[] {
    return this.once(`amounts ${measure}`, () => this.#allAmounts(measure));
  }

  #allAmounts(measure: Measure): Amount[] {
    return this.unitsOn(this.#day).flatMap((unit) => {
      const under = this.under(unit, this.#day);
      const ofTiers = TIERS.flatMap((tier): Amount[] => {
        if (this.#used(unit, tier, measure) === null) return [];
        const below = sum(under.map((child) => this.cell(child, tier, measure))) ?? 0;
        const isStated = (one: string) =>
          [one, ...this.above(one, this.#day)].find((author) => this.#used(author, tier, measure) !== null) !== unit;
        const receivers = this.#tierOf(unit) === tier ? [] : this.#ofTier(unit, tier).filter((one) => !isStated(one));
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

  // Roll-up

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

  /** Measures that have a value for a unit's own tier here: by itself, or as part of a statement that is certain here. */
  #values(unit: string, a: string, asOf: Day, tier: Tier | null): Set<string> {
    const authors = new Set([unit, ...this.above(unit, this.#day)].filter((author) => this.holds(a, author, asOf) === "certain"));
    const of = this.#statements.filter(
      (statement) => authors.has(statement.unit) && (statement.tier === this.#tierOf(unit) || (tier === null && statement.tier === null)),
    );
    return new Set(of.flatMap(({ numbers }) => Object.keys(numbers).filter((name) => name !== "part" && name !== "of")));
  }

  covered(a: string, asOf: Day, tier: Tier | null): string[] {
    return this.expected(a, asOf, tier).filter((unit) => this.#values(unit, a, asOf, tier).size > 0);
  }

  /** True if no covered value is certain and something is possible: the value is null and the bounds show the amount. */
  isWithheld(a: string, asOf: Day, tier: Tier | null): boolean {
    return MEASURES.some((measure) => this.rollup(a, asOf, tier, measure).possible !== null) && this.covered(a, asOf, tier).length === 0;
  }

  incomplete(a: string, asOf: Day, tier: Tier | null): Measure[] {
    const covered = this.covered(a, asOf, tier);
    return MEASURES.filter((measure) => covered.some((unit) => !this.#values(unit, a, asOf, tier).has(measure)));
  }
}

const sum = (numbers: readonly (number | null)[]): number | null => {
  const values = numbers.filter((number) => number !== null);
  return values.length === 0 ? null : values.reduce((total, number) => total + number, 0);
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
