import type { EditionSpan, LineageSource } from "./hierarchy-content.ts";

interface Handover {
  readonly to: number;
  readonly isSure: boolean;
}

/** The units of an edition: a territorial unit belongs to editions that begin while it exists, an agency to editions on whose days it exists. */
export class EditionMembers {
  /** By unit number: -1 for units outside the edition, 0 for no parent. */
  readonly #parents: Int32Array;
  readonly #isAgency: Uint8Array;
  readonly #later = new Map<number, Handover[]>();
  readonly #earlier = new Map<number, Handover[]>();

  constructor(
    { versions, successions }: LineageSource,
    predecessors: readonly (readonly number[] | undefined)[],
    size: number,
    { startsOn, next }: EditionSpan,
  ) {
    this.#parents = new Int32Array(size).fill(-1);
    this.#isAgency = new Uint8Array(size);
    for (const { unitNo, parentNo, tier, from, to } of versions) {
      if (to <= startsOn || (tier === null ? from >= next : from > startsOn)) continue;
      this.#parents[unitNo] = parentNo ?? 0;
      this.#isAgency[unitNo] = tier === null ? 1 : 0;
    }
    // Only agencies have successors within the days of an edition.
    for (const { predecessor, successor, kind, effectiveOn } of successions) {
      if (effectiveOn <= startsOn || effectiveOn >= next) continue;
      link(this.#later, predecessor, { to: successor, isSure: kind === "WHOLE" });
      link(this.#earlier, successor, { to: predecessor, isSure: predecessors[successor]!.length === 1 });
    }
  }

  has(unit: number): boolean {
    return this.#parents[unit]! >= 0;
  }

  /** The parent in this edition; 0 for none. */
  parentOf(unit: number): number {
    return Math.max(this.#parents[unit]!, 0);
  }

  isAgency(unit: number): boolean {
    return this.#isAgency[unit] === 1;
  }

  /** Agencies that an agency becomes within the edition, or came from, and whether it is wholly theirs. */
  kinOf(unit: number): ReadonlyMap<number, boolean> {
    if (!this.#later.has(unit) && !this.#earlier.has(unit)) return NO_KIN;
    const kin = new Map<number, boolean>();
    for (const links of [this.#later, this.#earlier]) {
      const reached = new Map([[unit, true]]);
      for (const [at, sure] of reached)
        for (const { to, isSure } of links.get(at) ?? []) reached.set(to, sure && isSure && reached.get(to) !== false);
      for (const [agency, isSure] of reached) if (agency !== unit) kin.set(agency, isSure && kin.get(agency) !== false);
    }
    return kin;
  }
}

const NO_KIN: ReadonlyMap<number, boolean> = new Map();

const link = (links: Map<number, Handover[]>, from: number, handover: Handover): void => {
  const existing = links.get(from);
  if (existing) existing.push(handover);
  else links.set(from, [handover]);
};
