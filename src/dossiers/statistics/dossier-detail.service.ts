import type { Rollup } from "../../rollups/rollup.ts";
import { checkDetail } from "./dossier-access.ts";
import type { DossierCountLoaders } from "./dossier-count.loaders.ts";
import { CHANNELS } from "../dossier-state.ts";
import { fieldSubtotal } from "./part-rollup.ts";
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
