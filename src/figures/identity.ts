import type { Identity } from "./measure.ts";

/** The values of one cell by measure name; an absent name means not reported, which is not 0. */
export type MeasureValues = Map<string, number>;

export interface Contradiction {
  readonly identity: Identity;
  readonly numbers: string;
}

/**
 * Fills in the values that the identities imply, and stops at the first contradiction. A side without gaps fixes the sum of the other side: a single missing term is the
 * difference, and terms that exhaust the sum set missing terms to 0. @returns null or the contradiction; `values` then holds what was filled in so far.
 */
export const fillIdentities = (values: MeasureValues, identities: readonly Identity[]): Contradiction | null => {
  for (let changed = true; changed;) {
    changed = false;
    for (const identity of identities) {
      for (const [fixed, open] of [
        [identity.left, identity.right],
        [identity.right, identity.left],
      ] as const) {
        if (!fixed.every((name) => values.has(name))) continue;
        const unknown = open.filter((name) => !values.has(name));
        const rest = total(values, fixed) - total(values, open);
        if (rest < 0 || (unknown.length === 0 && rest !== 0)) return { identity, numbers: numbersOf(values, identity) };
        if (unknown.length === 1) values.set(unknown[0]!, rest);
        else if (rest === 0) for (const name of unknown) values.set(name, 0);
        changed ||= unknown.length === 1 || (rest === 0 && unknown.length > 0);
      }
    }
  }
  return null;
};

const total = (values: MeasureValues, names: readonly string[]): number => names.reduce((sum, name) => sum + (values.get(name) ?? 0), 0);

const numbersOf = (values: MeasureValues, { left, right }: Identity): string =>
  [...left, ...right]
    .filter((name) => values.has(name))
    .map((name) => `${name} = ${values.get(name)}`)
    .join(", ");

export const identityText = ({ left, right }: Identity): string => `${left.join(" + ")} = ${right.join(" + ")}`;
