import type { CutLoaders } from "../counters/cut.loaders.ts";
import type { RollupKey } from "../counters/rollup-key.ts";
import type { RollupKind } from "../figures/measure.ts";
import type { Rollup } from "./rollup.ts";
import { type RollupLoaders, rollupLoaderOf } from "./rollup.loaders.ts";

/** Returns the roll-up with the caller's cut, which all its parts share. */
export const rollupOfCaller = (
  loaders: RollupLoaders & Pick<CutLoaders, "cutOf">,
  kind: RollupKind,
  key: Omit<RollupKey, "cut">,
): Promise<Rollup> => {
  const rollup = rollupLoaderOf(loaders, kind);
  const cut = loaders.cutOf(key.unit);
  // Avoids a promise for each of thousands of units whose cut is already available.
  return cut instanceof Promise ? cut.then((found) => rollup.load({ ...key, cut: found })) : rollup.load({ ...key, cut });
};
