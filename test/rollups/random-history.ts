import fc from "fast-check";
import { addDays, type Day } from "../../src/lib/time/date.ts";
import type { SuccessionFileRow, VersionRow } from "../../src/hierarchy/unit-file.ts";
import { KINDS as KIND_RULES } from "../../src/hierarchy/unit-text.ts";
import type { SuccessionKind, Tier, UnitKind } from "../../src/hierarchy/unit.entity.ts";
import { whole } from "../support/whole.ts";

export type Draw = fc.GeneratorValue;

/** A small country through time: what the unit files hold. */
export interface UnitHistory {
  readonly versions: readonly VersionRow[];
  readonly successions: readonly SuccessionFileRow[];
  /** Days on which something changed, the first day included. */
  readonly days: readonly Day[];
}

export const FIRST: Day = "2015-08-31";
const DAYS: readonly Day[] = ["2018-03-01", "2020-01-01", "2021-07-01", "2023-05-10", "2025-07-01"];
const KINDS: Record<Tier, UnitKind> = { COUNTRY: "COUNTRY", PROVINCE: "PROVINCE", DISTRICT: "RURAL_DISTRICT", COMMUNE: "COMMUNE" };

interface Living {
  tier: Tier;
  parent: string | null;
  name: string;
  since: Day;
}

/** Plays random changes, one or two on each day, on a random country of three tiers. */
export class History {
  readonly #draw: Draw;
  readonly #living = new Map<string, Living>();
  readonly #versions: VersionRow[] = [];
  readonly #successions: SuccessionFileRow[] = [];
  #made = 0;

  constructor(draw: Draw) {
    this.#draw = draw;
    this.#begin("VN", "COUNTRY", null, FIRST);
    for (let p = this.#number(1, 3); p > 0; p--) this.#found("PROVINCE", "VN", FIRST);
  }

  play(): UnitHistory {
    const days = DAYS.slice(0, this.#number(1, DAYS.length));
    for (const day of days) for (let n = this.#number(1, 3); n > 0; n--) this.#change(day);
    for (const key of this.#living.keys()) this.#close(key, null);
    const versions = this.#versions.toSorted((a, b) => (a.validFrom < b.validFrom ? -1 : 1));
    const changed = new Set(versions.flatMap(({ validFrom, validTo }) => (validTo === null ? [validFrom] : [validFrom, validTo])));
    return { versions, successions: this.#successions, days: [...changed].toSorted() };
  }

  #number(min: number, max: number): number {
    return this.#draw(whole(min, max));
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#number(0, list.length - 1)]!;
  }

  #begin(key: string, tier: Tier, parent: string | null, since: Day): string {
    this.#living.set(key, { tier, parent, name: `N${key}`, since });
    return key;
  }

  /** A new unit with a random subtree. */
  #found(tier: Tier, parent: string, day: Day): string {
    const key = this.#begin(`u${++this.#made}`, tier, parent, day);
    const below: Tier | null = tier === "PROVINCE" ? "DISTRICT" : tier === "DISTRICT" ? "COMMUNE" : null;
    if (below) for (let n = this.#number(1, 3); n > 0; n--) this.#found(below, key, day);
    return key;
  }

  /** Ends the present version; the unit goes on in a new one, or is no more. */
  #close(key: string, day: Day | null): void {
    const { tier, parent, name, since } = this.#living.get(key)!;
    if (day === since) return;
    const version = { key, validFrom: since, validTo: day, code: `c${key}`, parentKey: parent, tier, kind: KINDS[tier] };
    const fullName = `${KIND_RULES[KINDS[tier]]?.word ?? "Nước"} ${name}`;
    this.#versions.push({ ...version, name, fullName, nameEn: null, resolution: null });
  }

  #alter(key: string, day: Day, change: Partial<Living>): void {
    this.#close(key, day);
    this.#living.set(key, { ...this.#living.get(key)!, ...change, since: day });
  }

  #children(key: string): string[] {
    return [...this.#living].filter(([, { parent }]) => parent === key).map(([child]) => child);
  }

  #change(day: Day): void {
    const units = [...this.#living].filter(([key, { since }]) => key !== "VN" && since < day);
    if (units.length < 2) return;
    const [key, { tier, parent }] = this.#pick(units);
    const peers = units.filter(([other, unit]) => other !== key && unit.tier === tier).map(([other]) => other);
    const kind = this.#pick(["rename", "move", "merge", "fuse", "split", "dissolve"] as const);
    if (kind === "rename") this.#alter(key, day, { name: `N${key}-${day}` });
    else if (kind === "move" && tier !== "PROVINCE") this.#move(key, day);
    else if (kind === "merge" && peers.length > 0) this.#end(key, [this.#pick(peers)], day);
    else if (kind === "fuse" && peers.length > 0) this.#fuse([key, this.#pick(peers)], day);
    else if (kind === "split") this.#end(key, [this.#found(tier, parent!, day), this.#found(tier, parent!, day)], day);
    else if (kind === "dissolve" && tier !== "PROVINCE") this.#end(key, [], day);
  }

  /** Under another unit of the tier above, or one above that. */
  #move(key: string, day: Day): void {
    const { tier } = this.#living.get(key)!;
    const above = [...this.#living].filter(([, unit]) =>
      (tier === "COMMUNE" ? ["DISTRICT", "PROVINCE"] : ["PROVINCE"]).includes(unit.tier),
    );
    this.#alter(key, day, { parent: this.#pick(above)[0] });
  }

  #fuse(old: readonly string[], day: Day): void {
    const { tier, parent } = this.#living.get(old[0]!)!;
    const made = this.#begin(`u${++this.#made}`, tier, parent, day);
    for (const key of old) this.#end(key, [made], day);
  }

  /** What was under it goes to its successor, of several to any, without one to its parent. */
  #end(key: string, successors: readonly string[], day: Day): void {
    const { parent } = this.#living.get(key)!;
    for (const child of this.#children(key)) {
      const since = this.#living.get(child)!.since;
      const heir = successors.length === 0 ? parent! : this.#pick(successors);
      if (since === day) this.#living.get(child)!.parent = heir;
      else this.#alter(child, day, { parent: heir });
    }
    this.#close(key, day);
    this.#living.delete(key);
    const kind: SuccessionKind = successors.length === 1 ? "WHOLE" : "PART";
    for (const successor of successors)
      this.#successions.push({ predecessor: key, successor, effectiveOn: day, kind, share: null, resolution: null, note: null });
  }
}

export const dayBefore = (day: Day): Day => addDays(day, -1);
