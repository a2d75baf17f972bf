import type { Identity } from "./measure.ts";

/** The values of one cell by measure name; an absent name means not reported, which is not 0. */
export type Known = Map<string, number>;

export interface Contradiction {
  readonly identity: Identity;
  readonly numbers: string;
}

/**
 * Fills in the values that the identities imply, and stops at the first contradiction. A side without gaps fixes the sum of the other side: a single missing term is the
 * difference, and terms that exhaust the sum set missing terms to 0. @returns null or the contradiction; `known` then holds the values filled so far.
 */
export const fillIdentities = (known: Known, identities: readonly Identity[]): Contradiction | null => {
  for (let changed = true; changed;) {
    changed = false;
    for (const identity of identities) {
      for (const [fixed, open] of [
        [identity.left, identity.right],
        [identity.right, identity.left],
      ] as const) {
        if (!fixed.every((name) => known.has(name))) continue;
        const unknown = open.filter((name) => !known.has(name));
        const rest = total(known, fixed) - total(known, open);
        if (rest < 0 || (unknown.length === 0 && rest !== 0)) return { identity, numbers: numbersOf(known, identity) };
        if (unknown.length === 1) known.set(unknown[0]!, rest);
        else if (rest === 0) for (const name of unknown) known.set(name, 0);
        changed ||= unknown.length === 1 || (rest === 0 && unknown.length > 0);
      }
    }
  }
  return null;
};

const total = (known: Known, names: readonly string[]): number => names.reduce((sum, name) => sum + (known.get(name) ?? 0), 0);

const numbersOf = (known: Known, { left, right }: Identity): string =>
  [...left, ...right]
    .filter((name) => known.has(name))
    .map((name) => `${name} = ${known.get(name)}`)
    .join(", ");

export const identityText = ({ left, right }: Identity): string => `${left.join(" + ")} = ${right.join(" + ")}`;
