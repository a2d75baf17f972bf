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

/** All names of a hierarchy, with texts that are searched as a whole, because a search in one long text is many times as fast as in each name. */
export class UnitNames {
  readonly #names: readonly UnitName[];
  readonly #words: JoinedTexts;
  readonly #letters: JoinedTexts;

  constructor(names: readonly UnitName[]) {
    this.#names = names;
    this.#words = new JoinedTexts(names.map(({ fullWords }) => fullWords));
    this.#letters = new JoinedTexts(names.map(({ fullLetters }) => fullLetters));
  }

  /** Names with a word that begins like this, or, unless null, with these letters across words. */
  *with(beginning: string, letters: string | null): Iterable<UnitName> {
    const places = new Set(this.#words.with(` ${beginning}`));
    if (letters !== null) for (const place of this.#letters.with(letters)) places.add(place);
    for (const place of places) yield this.#names[place]!;
  }
}

const SEPARATOR = "\n";

class JoinedTexts {
  readonly #joined: string;
  /** Where each text begins. */
  readonly #starts: Uint32Array;

  constructor(texts: readonly string[]) {
    this.#joined = texts.join(SEPARATOR);
    this.#starts = new Uint32Array(texts.length + 1);
    for (const [n, text] of texts.entries()) this.#starts[n + 1] = this.#starts[n]! + text.length + SEPARATOR.length;
  }

  /** Places of the texts that contain a part. */
  *with(part: string): Iterable<number> {
    for (let at = this.#joined.indexOf(part); at >= 0;) {
      const place = this.#placeOf(at);
      yield place;
      at = this.#joined.indexOf(part, this.#starts[place + 1]);
    }
  }

  #placeOf(at: number): number {
    let [low, high] = [0, this.#starts.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle]! <= at) low = middle;
      else high = middle;
    }
    return low;
  }
}

const named = new WeakMap<Hierarchy, UnitNames>();

/** A unit is found by its own names and, from the day of the merger on, by all names of units merged whole into it. */
export const namesIn = (hierarchy: Hierarchy): UnitNames => {
  const found = named.get(hierarchy) ?? new UnitNames(makeNames(hierarchy));
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
