import { AGENCY_KINDS, SITTING_KINDS, type UnitKind } from "../../src/hierarchy/unit.entity.ts";
import type { VersionRow } from "../../src/hierarchy/unit-file.ts";
import type { Day } from "../../src/lib/time/date.ts";
import { type Holding, NaiveHierarchy } from "../rollups/naive-hierarchy.ts";
import type { UnitHistory } from "../rollups/random-history.ts";

export const isAgency = ({ kind }: Pick<VersionRow, "kind">): boolean => (AGENCY_KINDS as readonly UnitKind[]).includes(kind);

export interface NaiveContribution {
  readonly target: string;
  readonly certain: boolean;
  readonly nearest: boolean;
}

/** Contributions as the design defines them, with agencies, which come and go on any day of an edition. A day is the first of its edition. */
export class NaiveLineage extends NaiveHierarchy {
  readonly #history: UnitHistory;

  constructor(history: UnitHistory) {
    super(history);
    this.#history = history;
  }

  #isInEdition(later: Day, day: Day): boolean {
    return !this.#history.days.some((other) => other > day && other <= later);
  }

  #versionsOf(key: string): VersionRow[] {
    return this.once(`versions ${key}`, () => this.#history.versions.filter((version) => version.key === key));
  }

  override on(key: string, day: Day): VersionRow | undefined {
    return super.on(key, day) ?? this.#versionsOf(key).find((v) => isAgency(v) && v.validFrom > day && this.#isInEdition(v.validFrom, day));
  }

  protected override within(a: string, s: string, day: Day): Holding {
    return super.within(a, s, day) ?? this.#after(a, s, day) ?? this.#before(a, s, day);
  }

  #handovers(day: Day) {
    return this.#history.successions.filter(({ effectiveOn }) => effectiveOn > day && this.#isInEdition(effectiveOn, day));
  }

  /** An agency that takes over within the edition holds what was wholly handed over. */
  #after(a: string, s: string, day: Day): Holding {
    const next = this.#handovers(day).find(
      ({ predecessor, successor }) => predecessor === s && (successor === a || this.#after(a, successor, day)),
    );
    if (!next) return null;
    const isWhole = next.kind === "WHOLE" && (next.successor === a || this.#after(a, next.successor, day) === "certain");
    return isWhole ? "certain" : "possible";
  }

  /** An agency that was taken over within the edition holds what came from it alone. */
  #before(a: string, s: string, day: Day): Holding {
    const last = this.#handovers(day).find(
      ({ predecessor, successor }) => successor === s && (predecessor === a || this.#before(a, predecessor, day)),
    );
    if (!last) return null;
    const isOnly = this.#history.successions.filter(({ successor }) => successor === s).length === 1;
    return isOnly && (last.predecessor === a || this.#before(a, last.predecessor, day) === "certain") ? "certain" : "possible";
  }

  contributionsOf(s: string, day: Day): NaiveContribution[] {
    const held = this.unitsOn(day).filter((a) => this.holds(a, s, day) !== null);
    const nearest = held.filter((a) => !held.some((other) => this.above(other, day).includes(a)));
    const rows = held.map((a) => ({ target: a, certain: this.holds(a, s, day) === "certain", nearest: nearest.includes(a) }));
    const last = this.#versionsOf(s).at(-1)!;
    if (!(SITTING_KINDS as readonly UnitKind[]).includes(last.kind)) return rows;
    // A vertical or central agency counts where it sits, and nowhere above.
    const agencies = nearest.map((a) => this.on(a, day)!).filter(isAgency);
    const seats = new Set(agencies.map(({ parentKey }) => parentKey));
    return rows
      .filter((row) => row.nearest || seats.has(row.target))
      .map((row) => ({ ...row, certain: row.certain || nearest.length === 1 }));
  }
}
