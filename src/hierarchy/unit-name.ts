import type { Day } from "../lib/time/date.ts";
import { foldName } from "./fold.ts";
import type { SuccessionFileRow, VersionRow } from "./unit-file.ts";

export interface NameRow {
  readonly key: string;
  readonly words: string;
  readonly fullWords: string;
  readonly fullName: string;
  readonly knownFrom: Day;
  readonly ownUntil: Day | null;
}

type KnownName = Omit<NameRow, "key">;

const nameOf = ({ name, fullName }: VersionRow) => ({ words: foldName(name), fullWords: foldName(fullName), fullName });

/** A unit is found by its own names and, from the day of the merger on, by all names of units merged whole into it. */
export const namesOf = (versions: readonly VersionRow[], successions: readonly SuccessionFileRow[]): NameRow[] => {
  const names = new Map<string, KnownName[]>();
  for (const [key, own] of Map.groupBy(versions, (version) => version.key))
    names.set(
      key,
      own.map((version) => ({ ...nameOf(version), knownFrom: version.validFrom, ownUntil: version.validTo })),
    );
  for (const { predecessor, successor, effectiveOn, kind } of successions.toSorted((a, b) => (a.effectiveOn < b.effectiveOn ? -1 : 1))) {
    if (kind !== "WHOLE") continue;
    const former = names.get(predecessor)!.map((name) => ({ ...name, knownFrom: effectiveOn, ownUntil: effectiveOn }));
    names.get(successor)!.push(...former);
  }
  return [...names].flatMap(([key, known]) => known.map((name) => ({ key, ...name })));
};
