import type { RollupKey } from "../figures/rollup.ts";
import { areRecordsShown, checkDetail } from "./dossier-access.ts";
import type { DossierCountLoaders } from "./counts/dossier-count.loaders.ts";
import { form06Of, type ReportingConvention } from "./form06.ts";
import { COUNTED } from "./counts/record-sums.store.ts";

/** Null where the records of the subtree are not complete for the period, or are not shown. */
export const form06 = async (
  loaders: DossierCountLoaders,
  unit: RollupKey["unit"],
  period: RollupKey["period"],
  convention: ReportingConvention,
) => {
  await checkDetail(loaders, unit, "form06");
  const key = { unit, period, handledBy: null };
  if (!(await areRecordsShown(loaders, key)) || !(await loaders.dossiersComplete.load(key))) return null;
  const fields = (await loaders.dossierFields.load(key)).filter(({ certain }) => certain);
  const total = COUNTED.map((_, n) => fields.reduce((sum, { counted }) => sum + counted[n]!, 0));
  return {
    period,
    rows: fields.map(({ code, name, counted }) => ({ field: { code, name }, ...form06Of(counted, convention) })),
    total: { field: null, ...form06Of(total, convention) },
  };
};
