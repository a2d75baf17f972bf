import type { RollupKey } from "../figures/rollup.ts";
import { areRecordsShown, checkDetail } from "./dossier-access.ts";
import type { DossierCountLoaders } from "./counts/dossier-count.loaders.ts";
import { COUNTED } from "./counts/record-sums.store.ts";
import { form06Of, type ReportingConvention } from "./form06.ts";

/** A form of one unit and period, whose rows are read where they are asked for. */
export interface Form06 extends RollupKey {
  readonly convention: ReportingConvention;
}

const NOTHING = COUNTED.map(() => 0);

/** Null where the records of the subtree are not complete for the period, or are not shown. */
export const form06 = async (
  loaders: DossierCountLoaders,
  unit: RollupKey["unit"],
  period: RollupKey["period"],
  convention: ReportingConvention,
) => {
  const key = { unit, period, handledBy: null };
  if (!(await areRecordsShown(loaders, key)) || !(await loaders.dossiersComplete.load(key))) return null;
  const counted = (await loaders.dossierCounts.load(key))?.counted ?? NOTHING;
  return { ...key, convention, total: { field: null, ...form06Of(counted, convention) } };
};

/** One row for each field, in the order of their codes. @throws DomainError FORBIDDEN below the province for all but VIEWERs. */
export const form06Rows = async (loaders: DossierCountLoaders, { unit, period, handledBy, convention }: Form06) => {
  await checkDetail(loaders, unit, "rows");
  const fields = (await loaders.dossierFields.load({ unit, period, handledBy })).filter(({ certain }) => certain);
  return fields.map(({ code, name, counted }) => ({ field: { code, name }, ...form06Of(counted, convention) }));
};
