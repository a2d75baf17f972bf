import type { Hierarchy } from "./hierarchy.ts";
import { compareCodes, type DayNumber, type HierarchyUnit } from "./hierarchy-content.ts";
import { type NameReading, type Reading, searchOf } from "./search.ts";
import { TIERS } from "./unit.entity.ts";
import { namesIn, spaceless, type UnitName } from "./unit-names.ts";

/** How well a name matches, best first: equal, prefix, all words. Only if none match: words written together, then another kind. */
const FITS = {
  EXACT: 0,
  PREFIX: 1,
  WORDS: 2,
  TOGETHER: 3,
  TOGETHER_PREFIX: 4,
  TOGETHER_WORDS: 5,
  OTHER_KIND: 6,
  OTHER_KIND_WORDS: 7,
} as const;

/** Within a match quality, units are ordered by tier, and present names precede former ones. */
const OF_A_FIT = 2 * (TIERS.length + 1);

/** From this rank on, units are found only if no other matches: by words written together, and by another kind. */
export const FALLBACK_RANKS = [FITS.TOGETHER * OF_A_FIT, FITS.OTHER_KIND * OF_A_FIT] as const;

/** Shorter words are not matched across word boundaries. */
const LEAST_TOGETHER = 4;

/** How a unit was found; the name is null for a match by code. */
export interface NameMatch {
  readonly fit: number;
  readonly isFormer: boolean;
  readonly name: string | null;
  /** The day from which it has the name; a later one is shown first. */
  readonly from: DayNumber;
}

/** Rank of a found unit, before the order of codes. */
export const rankOf = ({ fit, isFormer }: NameMatch, { tier }: HierarchyUnit): number =>
  fit * OF_A_FIT + 2 * (tier === null ? TIERS.length : TIERS.indexOf(tier)) + Number(isFormer);

/** The best match of each placed unit, whose names, or those of units merged into it, a search means on a day. */
export const unitsFound = (
  hierarchy: Hierarchy,
  text: string,
  day: DayNumber,
  placed: ReadonlyMap<number, HierarchyUnit>,
): Map<number, NameMatch> => {
  const { readings, code } = searchOf(text);
  const best = new Map<number, NameMatch>();
  const keep = (unitNo: number, found: NameMatch) => {
    const before = best.get(unitNo);
    if (!before || compareFound(found, before) < 0) best.set(unitNo, found);
  };
  // All readings with units above them have the same ones.
  const parts = readings.find(({ above }) => above.length > 0)?.above ?? [];
  const meant = parts.map((part) => unitsMeant(hierarchy, part, day));
  for (const reading of readings) {
    const above = reading.above.length === 0 ? [] : meant;
    for (const [name, fit] of namesMatching(hierarchy, reading, day)) {
      const version = placed.get(name.unitNo);
      if (!version || !(above.length === 0 || liesBelow(hierarchy, version, day, above))) continue;
      keep(name.unitNo, { fit, isFormer: name.ownUntil <= day, name: name.fullName, from: name.from });
    }
  }
  if (code === null) return best;
  for (const [unitNo, version] of placed)
    if (version.code === code || (code.length > 2 && version.code.startsWith(code)))
      keep(unitNo, { fit: version.code === code ? FITS.EXACT : FITS.PREFIX, isFormer: false, name: null, from: Number.MAX_SAFE_INTEGER });
  return best;
};

const compareFound = (a: NameMatch, b: NameMatch): number =>
  a.fit - b.fit || Number(a.isFormer) - Number(b.isFormer) || b.from - a.from || compareCodes(a.name ?? "", b.name ?? "");

/** Numbers of the units that a name or code above another means. */
const unitsMeant = (hierarchy: Hierarchy, { names, code }: Reading["above"][number], day: DayNumber): Set<number> => {
  const meant = new Set<number>();
  for (const reading of names) for (const [{ unitNo }] of namesMatching(hierarchy, reading, day)) meant.add(unitNo);
  const coded = code === null ? null : hierarchy.unitNoOf({ code }, day, day);
  return coded === null ? meant : meant.add(coded);
};

const liesBelow = (hierarchy: Hierarchy, version: HierarchyUnit, day: DayNumber, above: readonly ReadonlySet<number>[]): boolean => {
  const missing = new Set(above);
  for (let at: HierarchyUnit | null = version; at?.parentNo != null; at = hierarchy.versionOn(at.parentNo, day))
    for (const units of missing) if (units.has(at.parentNo)) missing.delete(units);
  return missing.size === 0;
};

function* namesMatching(hierarchy: Hierarchy, reading: NameReading, day: DayNumber): Iterable<readonly [UnitName, number]> {
  const fitOf = fitting(reading);
  const longest = reading.words.reduce((most, word) => (word.length > most.length ? word : most));
  for (const name of namesIn(hierarchy).with(longest, lettersOf(reading))) {
    if (name.from > day) continue;
    const fit = fitOf(name);
    if (fit !== null) yield [name, fit];
  }
}

/** The words written together; null if they are too short to match so. */
const lettersOf = ({ words }: NameReading): string | null => {
  const letters = words.join("");
  return letters.length < LEAST_TOGETHER ? null : letters;
};

/** Returns a function that says how well a name matches; null if it does not. */
const fitting = (reading: NameReading): ((name: UnitName) => number | null) => {
  const { words, kind, isLenient } = reading;
  const phrase = words.map((word) => ` ${word}`).join("");
  const fullPhrase = kind + phrase;
  const parts = words.map((word) => ` ${word}`);
  const together = lettersOf(reading) === null ? null : { whole: spaceless(fullPhrase), loosely: loosely(kind, words) };
  return (name) => {
    const hasWords = () => parts.every((part) => name.words.includes(part));
    if (name.fullWords === fullPhrase || (kind === "" && name.words === phrase)) return FITS.EXACT;
    if (name.fullWords.startsWith(fullPhrase) || (kind === "" && name.words.startsWith(phrase))) return FITS.PREFIX;
    if ((name.fullWords.startsWith(`${kind} `) && hasWords()) || name.fullWords.includes(fullPhrase)) return FITS.WORDS;
    const [compared, joined] = kind === "" ? [name.words, name.letters] : [name.fullWords, name.fullLetters];
    if (together && joined === together.whole) return FITS.TOGETHER;
    const at = together && joined.includes(together.whole) ? compared.search(together.loosely) : -1;
    if (at >= 0) return at === 0 ? FITS.TOGETHER_PREFIX : FITS.TOGETHER_WORDS;
    if (!isLenient) return null;
    if (name.words === phrase) return FITS.OTHER_KIND;
    return hasWords() ? FITS.OTHER_KIND_WORDS : null;
  };
};

/** The words with spaces allowed between their letters. */
const loosely = (kind: string, words: readonly string[]): RegExp =>
  new RegExp(kind + words.map((word) => ` ${[...word].join(" ?")}`).join(""), "u");
