import type { Rollup } from "../figures/rollup.ts";
import type { RollupLoaders } from "../figures/rollup.loaders.ts";
import { AGENCY_KINDS } from "../units/unit.entity.ts";
import type { UnitLoaders, UnitView } from "../units/unit.loaders.ts";
import { areRecordsShown, checkDetail } from "./dossier-access.ts";
import type { DossierCountLoaders } from "./counts/dossier-count.loaders.ts";
import { CHANNELS } from "./dossier-state.ts";
import { FieldRollup, RestRollup, toldOf } from "./part-rollup.ts";
import { countsByName } from "./counts/record-sums.store.ts";

/** Of records, in the order of the fields' codes; of a roll-up of one field that field alone. */
export const dossiersByField = async (loaders: DossierCountLoaders, rollup: Rollup) => {
  if (rollup instanceof FieldRollup) return [{ field: rollup.field, rollup }];
  const { unit, period, handledBy } = toldOf(rollup, "byField");
  await checkDetail(loaders, unit, "byField");
  if (!(await areRecordsShown(loaders, rollup))) return [];
  const rows = await loaders.dossierFields.load({ unit, period, handledBy });
  const fields = [...Map.groupBy(rows, ({ code }) => code).values()];
  return fields.map((of) => new FieldRollup(rollup, of)).map((part) => ({ field: part.field, rollup: part }));
};

const RECEIVED = { DIRECT: "receivedDirect", ONLINE: "receivedOnline", POSTAL: "receivedPostal" } as const;

export const dossiersByChannel = async (loaders: DossierCountLoaders, rollup: Rollup) => {
  await checkDetail(loaders, rollup.unit, "byChannel");
  return CHANNELS.map((channel) => ({ channel, received: rollup.shown(RECEIVED[channel]) })).filter(({ received }) => received !== null);
};

/** Null where none was resolved, or the records are not shown. */
export const averageWorkingDays = async (loaders: DossierCountLoaders, rollup: Rollup): Promise<number | null> => {
  await checkDetail(loaders, rollup.unit, "averageWorkingDays");
  const counted = rollup instanceof FieldRollup ? rollup.counted : await countedOf(loaders, toldOf(rollup, "averageWorkingDays"));
  if (!counted || rollup.isWithheld) return null;
  const { resolvedEarly, resolvedOnTime, resolvedOverdue, workingDays } = countsByName(counted);
  const resolved = resolvedEarly + resolvedOnTime + resolvedOverdue;
  return resolved === 0 ? null : workingDays / resolved;
};

const countedOf = async (loaders: DossierCountLoaders, rollup: Rollup): Promise<readonly number[] | null> =>
  (await areRecordsShown(loaders, rollup)) ? ((await loaders.dossierCounts.load(rollup))?.counted ?? null) : null;

/** The parts that add up to a roll-up: the units under it, its agencies, and what is left, which is the unit's own or known of no part. */
export const partsOf = async ({ dossierRollup, childrenOf }: RollupLoaders & UnitLoaders, rollup: Rollup) => {
  const { unit, period, handledBy } = toldOf(rollup, "parts");
  const { no, asOf } = unit;
  const [units, agencies] = await Promise.all([
    childrenOf.load({ no, asOf, tier: null, kinds: null }),
    childrenOf.load({ no, asOf, tier: null, kinds: [...AGENCY_KINDS] }),
  ]);
  const below: UnitView[] = [...units, ...agencies];
  const rollups = await Promise.all(below.map((part) => dossierRollup.load({ unit: part, period, handledBy })));
  // Who may see records of a part alone finds the part where the whole has it: in what is left.
  const parts = rollups.filter((part) => part.isRecorded === rollup.isRecorded && knowsSomething(part));
  return [...parts, new RestRollup(rollup, parts)].map((part) => ({ unit: part.unit, rollup: part }));
};

const knowsSomething = (rollup: Rollup): boolean =>
  [...rollup.kind.measures, ...rollup.kind.unlisted].some(({ name }) => rollup.sum(name) !== null);
