import type { Cut } from "../counters/cut.ts";
import type { CutLoaders } from "../counters/cut.loaders.ts";
import { AGENCY_KINDS } from "../hierarchy/unit.entity.ts";
import type { UnitLoaders } from "../hierarchy/unit.loaders.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import { remainderOf } from "./remainder.ts";
import type { Rollup } from "./rollup.ts";
import { type RollupLoaders, rollupLoaderOf } from "./rollup.loaders.ts";

/** Returns the parts that sum to a roll-up: the units below, its agencies, and the remainder, which is the unit's own or not assigned to a part. */
export const partsOf = async (loaders: RollupLoaders & UnitLoaders & CutLoaders, rollup: Rollup) => {
  const { unit, period, handledBy, cut, kind } = rollup;
  const { no, asOf } = unit;
  const [units, agencies] = await Promise.all([
    loaders.childrenOf.load({ no, asOf, tier: null, kinds: null }),
    loaders.childrenOf.load({ no, asOf, tier: null, kinds: [...AGENCY_KINDS] }),
  ]);
  const below: UnitView[] = [...units, ...(await shownAgencies(loaders, agencies, cut))];
  const rollups = await Promise.all(below.map((part) => rollupLoaderOf(loaders, kind).load({ unit: part, period, handledBy, cut })));
  const parts = rollups.filter(hasValue);
  return [
    ...parts.map((part) => ({ unit: part.unit, counts: part, isRemainder: false })),
    { unit, counts: remainderOf(rollup, parts), isRemainder: true },
  ];
};

/** Agencies below the province are parts only for viewers of the whole; for everybody else they belong to the remainder. */
const shownAgencies = async ({ isBelowProvince }: CutLoaders, agencies: readonly UnitView[], cut: Cut) => {
  if (!cut.isOfHalfMonths) return agencies;
  const areHidden = await Promise.all(agencies.map(async ({ no }) => isBelowProvince.load(no)));
  return agencies.filter((_, n) => !areHidden[n]);
};

const hasValue = (rollup: Rollup): boolean => rollup.kind.measures.some(({ name }) => rollup.sum(name) !== null);
