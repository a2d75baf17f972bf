import type { Day } from "../../src/lib/time/date.ts";
import type { VersionRow } from "../../src/hierarchy/unit-file.ts";
import { AGENCY_KINDS, type UnitKind } from "../../src/hierarchy/unit.entity.ts";
import type { UnitHistory } from "./random-history.ts";

export type Holding = "certain" | "possible" | null;

/** Units in time as the design defines them, without a thought for speed. */
export class NaiveHierarchy {
  readonly #history: UnitHistory;
  readonly #byKey: Map<string, VersionRow[]>;
  readonly #answers = new Map<string, unknown>();

  constructor(history: UnitHistory) {
    this.#history = history;
    this.#byKey = Map.groupBy(history.versions, ({ key }) => key);
  }

  /** The same question has the same answer; that is all the oracle does for speed. */
  protected once<T>(question: string, answer: () => T): T {
    if (!this.#answers.has(question)) this.#answers.set(question, answer());
    return this.#answers.get(question) as T;
  }

  on(key: string, day: Day): VersionRow | undefined {
    return this.#byKey.get(key)!.find(({ validFrom, validTo }) => validFrom <= day && (validTo === null || day < validTo));
  }

  unitsOn(day: Day): string[] {
    return this.once(`units ${day}`, () => [...this.#byKey.keys()].filter((key) => this.on(key, day)));
  }

  under(key: string, day: Day): string[] {
    return this.once(`under ${key} ${day}`, () => this.unitsOn(day).filter((other) => this.on(other, day)!.parentKey === key));
  }

  above(key: string, day: Day): string[] {
    const parent = this.on(key, day)?.parentKey ?? null;
    return parent === null ? [] : [parent, ...this.above(parent, day)];
  }

  subtree(key: string, day: Day): string[] {
    return this.once(`subtree ${key} ${day}`, () => [key, ...this.under(key, day).flatMap((child) => this.subtree(child, day))]);
  }

  /** What unit s contributes to A in the hierarchy of the day. */
  holds(a: string, s: string, day: Day): Holding {
    return this.once(`holds ${a} ${s} ${day}`, () => this.#holds(a, s, day, []));
  }

  #holds(a: string, s: string, day: Day, path: readonly string[]): Holding {
    if (this.on(s, day)) return this.within(a, s, day);
    const places = this.#places(s, day).filter((place) => !path.includes(place) && this.#leads(place, day, [...path, s]));
    if (places.length === 0) {
      const parent = this.#parentAtEdge(s, day);
      return parent === null || path.includes(parent) ? null : this.#holds(a, parent, day, [...path, s]);
    }
    const held = places.map((place) => this.#holds(a, place, day, [...path, s]));
    if (held.every((one) => one === "certain")) return "certain";
    return held.some((one) => one !== null) ? "possible" : null;
  }

  /** What unit s of the day contributes to A. */
  protected within(a: string, s: string, day: Day): Holding {
    return [s, ...this.above(s, day)].includes(a) ? "certain" : null;
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
      const predecessors = this.#history.successions.filter(({ successor }) => successor === s).map(({ predecessor }) => predecessor);
      return predecessors.length > 0 ? predecessors : parent === null ? [] : [parent];
    }
    const successors = this.#history.successions.filter(({ predecessor }) => predecessor === s).map(({ successor }) => successor);
    if (successors.length > 0) return successors;
    const under = [...this.#byKey.keys()].filter((key) => key !== s && this.#isUnderOnLastDay(key, s, last.validTo!));
    return under.length > 0 ? under : parent === null ? [] : [parent];
  }

  #isUnderOnLastDay(key: string, s: string, end: Day): boolean {
    return this.#byKey
      .get(key)!
      .some(
        ({ parentKey, validFrom, validTo, kind }) =>
          parentKey === s &&
          validFrom < end &&
          (validTo === null || validTo >= end) &&
          !(AGENCY_KINDS as readonly UnitKind[]).includes(kind),
      );
  }
}
