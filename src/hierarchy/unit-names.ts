import { foldName } from "./fold.ts";
import type { Hierarchy } from "./hierarchy.ts";
import type { DayNumber, HierarchyUnit } from "./hierarchy-content.ts";

/** A name by which a unit is found, from a day on. */
export interface UnitName {
  readonly unitNo: number;
  /** The folded name with a space before each word. */
  readonly words: string;
  /** The same with the word for its kind. */
  readonly fullWords: string;
  /** Both without spaces. */
  readonly letters: string;
  readonly fullLetters: string;
  readonly fullName: string;
  readonly from: DayNumber;
  /** The first day on which it is a former name. */
  readonly ownUntil: DayNumber;
}

const named = new WeakMap<Hierarchy, readonly UnitName[]>();

/** A unit is found by its own names and, from the day of the merger on, by all names of units merged whole into it. */
export const namesIn = (hierarchy: Hierarchy): readonly UnitName[] => {
  const found = named.get(hierarchy) ?? makeNames(hierarchy);
  named.set(hierarchy, found);
  return found;
};

const makeNames = ({ versions, successions }: Hierarchy): UnitName[] => {
  const names = new Map<number, UnitName[]>();
  for (const version of versions) {
    const own = names.get(version.unitNo);
    if (own) own.push(nameOf(version));
    else names.set(version.unitNo, [nameOf(version)]);
  }
  for (const { predecessor, successor, effectiveOn, kind } of successions.toSorted((a, b) => a.effectiveOn - b.effectiveOn)) {
    if (kind !== "WHOLE") continue;
    const former = (names.get(predecessor) ?? []).map((name) => ({ ...name, unitNo: successor, from: effectiveOn, ownUntil: effectiveOn }));
    names.get(successor)?.push(...former);
  }
  return [...names.values()].flat();
};

const nameOf = ({ unitNo, name, fullName, from, to }: HierarchyUnit): UnitName => {
  const [words, fullWords] = [foldName(name), foldName(fullName)];
  return { unitNo, words, fullWords, letters: spaceless(words), fullLetters: spaceless(fullWords), fullName, from, ownUntil: to };
};

export const spaceless = (words: string): string => words.replaceAll(" ", "");
