import type { Cut } from "../../counters/cut.ts";
import type { Rollup } from "../../rollups/rollup.ts";
import type { RollupLoaders } from "../../rollups/rollup.loaders.ts";
import { AGENCY_KINDS } from "../../hierarchy/unit.entity.ts";
import type { UnitLoaders, UnitView } from "../../hierarchy/unit.loaders.ts";
import { checkDetail } from "./dossier-access.ts";
import type { DossierCountLoaders } from "./dossier-count.loaders.ts";
import { CHANNELS } from "../dossier-state.ts";
import { fieldSubtotal, Remainder } from "./part-rollup.ts";
import { countsByName } from "../dossier-count.ts";

export const dossiersByField = async (loaders: DossierCountLoaders, rollup: Rollup) => {
  await checkDetail(loaders, rollup.unit, "byField");
  const rows = await loaders.dossierFields.load(rollup);
  const fields = [...Map.groupBy(rows, ({ code }) => code).values()];
  return fields.map((of) => ({ field: { code: of[0]!.code, name: of[0]!.name }, counts: fieldSubtotal(rollup, of) }));
};

const RECEIVED = { DIRECT: "receivedDirect", ONLINE: "receivedOnline", POSTAL: "receivedPostal" } as const;

export const dossiersByChannel = (rollup: Rollup) =>
  CHANNELS.map((channel) => ({ channel, received: rollup.shown(RECEIVED[channel]) })).filter(({ received }) => received !== null);

/** Null if no dossier was resolved or there are no records. */
export const averageWorkingDays = async (loaders: DossierCountLoaders, rollup: Rollup): Promise<number | null> => {
  await checkDetail(loaders, rollup.unit, "averageWorkingDays");
  const counted = (await loaders.dossierCounts.load(rollup))?.counted;
  if (!counted || rollup.isWithheld) return null;
  const { resolvedEarly, resolvedOnTime, resolvedOverdue, workingDays } = countsByName(counted);
  const resolved = resolvedEarly + resolvedOnTime + resolvedOverdue;
  return resolved === 0 ? null : workingDays / resolved;
};

/** Returns the parts that sum to a roll-up: the units below, its agencies, and the remainder, which is the unit's own or not assigned to a part. */
export const partsOf = async (loaders: RollupLoaders & UnitLoaders & DossierCountLoaders, rollup: Rollup) => {
  const { dossierRollup, childrenOf } = loaders;
  const { unit, period, handledBy, cut } = rollup;
  const { no, asOf } = unit;
  const [units, agencies] = await Promise.all([
    childrenOf.load({ no, asOf, tier: null, kinds: null }),
    childrenOf.load({ no, asOf, tier: null, kinds: [...AGENCY_KINDS] }),
  ]);
  const below: UnitView[] = [...units, ...(await shownAgencies(loaders, agencies, cut))];
  const rollups = await Promise.all(below.map((part) => dossierRollup.load({ unit: part, period, handledBy, cut })));
  const parts = rollups.filter(knowsSomething);
  return [
    ...parts.map((part) => ({ unit: part.unit, counts: part, isRemainder: false })),
    { unit, counts: new Remainder(rollup, parts), isRemainder: true },
  ];
};

/** Agencies below the province are parts only for viewers of the whole; for everybody else they belong to the remainder. */
const shownAgencies = async ({ isBelowProvince }: DossierCountLoaders, agencies: readonly UnitView[], cut: Cut) => {
  if (!cut.isOfHalfMonths) return agencies;
  const areHidden = await Promise.all(agencies.map(({ no }) => isBelowProvince.load(no)));
  return agencies.filter((_, n) => !areHidden[n]);
};

const knowsSomething = (rollup: Rollup): boolean => rollup.kind.measures.some(({ name }) => rollup.sum(name) !== null);
