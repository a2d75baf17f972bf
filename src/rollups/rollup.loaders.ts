import DataLoader from "dataloader";
import { sql } from "kysely";
import type { RequestContext } from "../access/request-context.ts";
import { rowScope } from "../access/scope.ts";
import { oneBy, type Positioned } from "../database/loader.ts";
import type { Rows } from "../database/reader.ts";
import { isNamed } from "../lib/time/period.ts";
import { tracedEditions } from "../hierarchy/edition.ts";
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
import { inForceOn, validOn } from "../hierarchy/sql.ts";
import type { Day } from "../lib/time/date.ts";
import { keyed } from "../database/relation.ts";

type ExpectedUnits = Positioned & { expected: number };

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
    (await answersAtOnce(answering, of, keys)) ?? readRollups(source, of, keys);
  const rollups = (of: RollupKind) => new DataLoader<RollupKey, Rollup>((keys) => read(of, keys), { cacheMap: new RollupCache() });
  return {
    dossierRollup: rollups(DOSSIER),
    taskRollup: rollups(TASK),
    serviceRollup: rollups(SERVICE),

    /** Number of territorial units that existed on the day of the cells and contribute certainly. */
    expectedUnits: oneBy<RollupKey, ExpectedUnits>(keyOf, async (keys) => {
      await tracedEditions(
        context,
        keys.map(({ unit }) => unit.asOf),
      );
      return reader.rows(expectedUnitsOf(keys, today));
    }),

    coverageOfRollup: new DataLoader<Rollup, MeasureCoverage, string>((asked) => coverageOfRollups(source, asked), {
      cacheKeyFn: (rollup) => `${rollup.kind.name}|${keyOf(rollup)}`,
    }),

    sourcesOfRollup: sourcesLoader(source),
  };
};

const expectedUnitsOf = (keys: readonly RollupKey[], today: Day) => sql<ExpectedUnits>`
  with k as materialized (
    select k.i, k.no, k.tier, e.id as edition_id, c.starts_on as day
    from ${keyed("k", keys, {
      no: ["int", ({ unit }) => unit.no],
      as_of: ["date", ({ unit }) => unit.asOf],
      cell_day: ["date", ({ period, cut }) => cellDayOf(period, countedTo(period, cut) ?? today)],
      tier: ["text", ({ handledBy }) => handledBy],
    })}
    join edition e on ${inForceOn(sql`k.as_of`)}
    join edition c on ${inForceOn(sql`k.cell_day`, "c")}
  ), asked as (
    -- Keys of one unit and hierarchy are counted once; each keeps its positions, because a second look-up would compare all keys with all.
    select no, edition_id, day, tier, array_agg(i) as places from k group by no, edition_id, day, tier
  ), counted as (
    select q.places, count(*)::int as expected from asked q
    join contribution c on c.edition_id = q.edition_id and c.target_id = q.no and c.certain
    join unit_version v on v.unit_id = c.unit_id and ${validOn(sql`q.day`)}
    where v.tier <> 'COUNTRY' and (q.tier is null or v.tier = q.tier)
    group by q.no, q.edition_id, q.day, q.tier, q.places
  )
  select unnest(places)::int as i, expected from counted`;

export const coverageOf = async ({ expectedUnits, coverageOfRollup }: RollupLoaders, rollup: Rollup) => {
  const [expected, { covered }] = await Promise.all([expectedUnits.load(rollup), coverageOfRollup.load(rollup)]);
  return { unitsExpected: expected?.expected ?? 0, unitsCovered: covered };
};

/** Lists the measures that some covered unit did not report, in the order of their enum. */
export const incompleteOf = async ({ coverageOfRollup }: RollupLoaders, rollup: Rollup): Promise<string[]> =>
  incompleteMeasures(rollup, await coverageOfRollup.load(rollup));
