import type { RollupKey } from "../../counters/rollup-key.ts";
import { checkDetail } from "./dossier-access.ts";
import type { DossierCountLoaders } from "./dossier-count.loaders.ts";
import { COUNTED } from "../dossier-count.ts";
import { form06Of, type ReportingConvention } from "./form06.ts";

/** A form of one unit and period; its rows are read on demand. */
export interface Form06 extends RollupKey {
  readonly convention: ReportingConvention;
}

const NOTHING = COUNTED.map(() => 0);

/** Null unless the records of the subtree are complete for the counted days. */
export const form06 = async (
  loaders: DossierCountLoaders,
  unit: RollupKey["unit"],
  period: RollupKey["period"],
  convention: ReportingConvention,
) => {
  const key = { unit, period, handledBy: null, cut: await loaders.cutOf(unit) };
  if (!(await loaders.dossiersComplete.load(key))) return null;
  const counted = (await loaders.dossierCounts.load(key))?.counted ?? NOTHING;
  return { ...key, convention, total: { field: null, ...form06Of(counted, convention) } };
};

/** One row for each field, in the order of codes. @throws DomainError FORBIDDEN below the province except for VIEWERs. */
export const form06Rows = async (loaders: DossierCountLoaders, form: Form06) => {
  await checkDetail(loaders, form.unit, "rows");
  const fields = (await loaders.dossierFields.load(form)).filter(({ certain }) => certain);
  return fields.map(({ code, name, counted }) => ({ field: { code, name }, ...form06Of(counted, form.convention) }));
};
