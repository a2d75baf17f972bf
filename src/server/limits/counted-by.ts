import type { Viewer } from "../../access/viewer.ts";

/** Of more units a key could make a request cost the store as many statements. */
const MOST_UNITS = 4;

/** What a request of the viewer counts for. */
export interface CountedCaller {
  readonly by: string;
  readonly whose: string;
}

/**
 * The line of keys that made one another, and each unit that the grants hang on: whoever makes more keys may send no more. Units beyond the
 * first few are left to the line, which the makers of keys cannot leave.
 */
export const countedBy = ({ actor, credential, grants }: Viewer): readonly CountedCaller[] => {
  const units = [...new Set(grants.map(({ unitNo }) => unitNo))].toSorted((a, b) => a - b).slice(0, MOST_UNITS);
  return [
    { by: credential?.line ?? actor, whose: "this key, with those that it made or was made by," },
    ...units.map((unitNo) => ({ by: `unit:${unitNo}`, whose: "the keys and tokens of this unit" })),
  ];
};
