import { DOSSIER } from "../../figures/measure.ts";
import { columnsOf, type MeasureCoverage } from "../../counters/records.ts";
import { type Rollup, rollupClass } from "../../rollups/rollup.ts";
import type { FieldCountRow } from "./field-count.store.ts";
import { measuresOf } from "../dossier-count.ts";

const DossierRollup = rollupClass(DOSSIER);
const NOTHING_REPORTED: MeasureCoverage = { covered: 0, reported: 0 };

/** Builds the roll-up of one field's records; its coverage is that of `whole`, the dossiers of all fields. */
export const fieldSubtotal = (whole: Rollup, rows: readonly FieldCountRow[]): Rollup => {
  const columns = (certain: boolean) => {
    const counted = rows.find((row) => row.certain === certain)?.counted;
    return counted ? columnsOf(DOSSIER, measuresOf(counted)) : null;
  };
  return new DossierRollup(
    whole,
    undefined,
    { certain: columns(true), possible: columns(false) },
    whole.isWithheld ? NOTHING_REPORTED : null,
  );
};
