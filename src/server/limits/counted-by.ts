import type { Viewer } from "../../access/viewer.ts";

/** Each unit costs a statement of the store, so the number of units per request is limited. */
const MOST_UNITS = 4;

export interface CountedCaller {
  readonly by: string;
  readonly whose: string;
}

/**
 * A request counts for the line of keys that created each other and for each unit of the grants, so creating more keys raises no limit. Further units count only for the
 * line, which no key can leave.
 */
export const countedBy = ({ actor, credential, grants }: Viewer): readonly CountedCaller[] => {
  const units = [...new Set(grants.map(({ unitNo }) => unitNo))].toSorted((a, b) => a - b).slice(0, MOST_UNITS);
  return [
    { by: credential?.line ?? actor, whose: "this key, with the keys that it created or that created it," },
    ...units.map((unitNo) => ({ by: `unit:${unitNo}`, whose: "the keys and tokens of this unit" })),
  ];
};
