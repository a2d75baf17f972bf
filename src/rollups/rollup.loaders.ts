import DataLoader from "dataloader";
import type { RequestContext } from "../access/request-context.ts";
import { rowScope } from "../access/scope.ts";
import type { Rows } from "../database/reader.ts";
import { isNamed } from "../lib/time/period.ts";
import { expectedUnitsOf } from "../hierarchy/expected-units.ts";
import { dayNumber } from "../hierarchy/hierarchy-content.ts";
import { countedTo } from "../counters/cut.ts";
import { evidenceOf, figureRows } from "../figures/evidence.ts";
import { DOSSIER, type RollupKind, SERVICE, TASK } from "../figures/measure.ts";
import type { MeasureCoverage } from "../counters/records.ts";
import { recordEvidence } from "../counters/records.service.ts";
import type { EvidenceKind } from "../hierarchy/unit-view.ts";
import { answersAtOnce } from "./rollup-answer.ts";
import { answerHintsOf } from "./rollup-hint.ts";
import { RollupCache } from "./rollup-cache.ts";
import { coverageOfRollups, readRollups } from "./rollup-read.ts";
import { cellDayOf, keyOf, type RollupOrigin, setLoader } from "./rollup-set.loader.ts";
import { ownSets } from "./rollup-sets.ts";
import { sourcesLoader } from "./rollup-source.loader.ts";
import type { RollupKey } from "../counters/rollup-key.ts";
import { incompleteMeasures, type Rollup } from "./rollup.ts";

export type RollupLoaders = ReturnType<typeof rollupLoaders>;

/** The loader of the roll-ups of a kind. */
export const rollupLoaderOf = (loaders: RollupLoaders, { name }: RollupKind) => loaders[`${name}Rollup`];

/** Anonymous requests store named periods only, because the number of other periods is unlimited. */
export const rollupLoaders = (context: RequestContext, kind: EvidenceKind) => {
  const { session: reader, hierarchy, today, viewer } = context;
  const evidence = context.use(evidenceOf, kind);
  const isKeyed = viewer !== null;
  const making = { reader, evidence, records: recordEvidence(reader, rowScope(viewer)) };
  const sets = setLoader(making, today, (period) => isKeyed || isNamed(period));
  const figures: Rows = { rows: (query) => figureRows(reader, evidence, () => query) };
  const source: RollupOrigin = { reader, figures, sets, records: making.records, ownSet: ownSets(making, isKeyed, () => source) };
  const answering = { reader, hierarchy, evidence, scope: rowScope(viewer), today, hints: answerHintsOf(reader.database) };
  const read = async (of: RollupKind, keys: readonly RollupKey[]) =>
    // A loader takes over the promises among its values.
    ((await answersAtOnce(answering, of, keys)) as Rollup[] | null) ?? readRollups(source, of, keys);
  const rollups = (of: RollupKind) => {
    const cacheMap = new RollupCache();
    const loader = new DataLoader<RollupKey, Rollup>((keys) => read(of, keys), { cacheMap });
    // The loader makes a promise for each of thousands of keys that it is asked for again.
    return { load: (key: RollupKey) => cacheMap.get(key) ?? loader.load(key) };
  };
  return {
    dossierRollup: rollups(DOSSIER),
    taskRollup: rollups(TASK),
    serviceRollup: rollups(SERVICE),

    /** Number of territorial units that existed on the day of the cells and contribute certainly. */
    expectedUnits: async ({ period, cut, unit, handledBy }: RollupKey): Promise<number> => {
      const units = hierarchy.loaded ?? (await hierarchy.load());
      const days = [unit.asOf, cellDayOf(period, countedTo(period, cut) ?? today)];
      const [edition, counted] = days.map((day) => units.editionOn(dayNumber(day)));
      return edition && counted ? expectedUnitsOf(units, { edition, counted }, unit.no, handledBy) : 0;
    },

    coverageOfRollup: new DataLoader<Rollup, MeasureCoverage, string>((asked) => coverageOfRollups(source, asked), {
      cacheKeyFn: (rollup) => `${rollup.kind.name}|${keyOf(rollup)}`,
    }),

    sourcesOfRollup: sourcesLoader(source),
  };
};

export const coverageOf = async ({ expectedUnits, coverageOfRollup }: RollupLoaders, rollup: Rollup) => {
  const [unitsExpected, { covered: unitsCovered }] = await Promise.all([expectedUnits(rollup), coverageOfRollup.load(rollup)]);
  return { unitsExpected, unitsCovered };
};

/** Lists the measures that some covered unit did not report, in the order of their enum. */
export const incompleteOf = async ({ coverageOfRollup }: RollupLoaders, rollup: Rollup): Promise<string[]> =>
  incompleteMeasures(rollup, await coverageOfRollup.load(rollup));
