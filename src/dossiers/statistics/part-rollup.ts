import { DOSSIER, summedColumns } from "../../figures/measure.ts";
import { type Rate, UNKNOWN_RATE } from "../../rollups/rate.ts";
import { columnsOf, type MeasureCoverage } from "../../counters/records.ts";
import { type Rollup, rollupClass } from "../../rollups/rollup.ts";
import type { FieldCountRow } from "./field-count.store.ts";
import { measuresOf } from "../dossier-count.ts";

const DossierRollup = rollupClass(DOSSIER);
const NO_KNOWLEDGE: MeasureCoverage = { covered: 0, known: 0 };
const POSITIONS: ReadonlyMap<string, number> = new Map(summedColumns(DOSSIER).map((name, n) => [name, n]));

/** Builds the roll-up of one field's records; its coverage is that of `whole`, the dossiers of all fields. */
export const fieldSubtotal = (whole: Rollup, rows: readonly FieldCountRow[]): Rollup => {
  const columns = (certain: boolean) => {
    const counted = rows.find((row) => row.certain === certain)?.counted;
    return counted ? columnsOf(DOSSIER, measuresOf(counted)) : null;
  };
  return new DossierRollup(whole, undefined, { certain: columns(true), possible: columns(false) }, whole.isWithheld ? NO_KNOWLEDGE : null);
};

/** The difference between a roll-up and its other parts, so that all parts sum to it; it may be negative. */
export class Remainder extends DossierRollup {
  readonly whole: Rollup;
  readonly #parts: readonly Rollup[];

  constructor(whole: Rollup, parts: readonly Rollup[]) {
    super(whole);
    this.whole = whole;
    this.#parts = parts;
  }

  override get kind() {
    return DOSSIER;
  }

  override get positions() {
    return POSITIONS;
  }

  /** The remainder of a withheld roll-up is withheld too. */
  override get isWithheld(): boolean {
    return this.whole.isWithheld;
  }

  override certainAt(position: number): number | null {
    const known = [...this.#parts.map((part) => part.at(position)), this.whole.at(position)].filter((sum) => sum !== null);
    if (known.length === 0) return null;
    return this.#parts.reduce((rest, part) => rest - (part.at(position) ?? 0), this.whole.at(position) ?? 0);
  }

  /** A negative remainder has no rate. */
  override rate(name: string): Rate {
    return this.isWithheld || ["Part", "Of", "Whole"].some((column) => (this.sum(`${name}${column}`) ?? 0) < 0)
      ? UNKNOWN_RATE
      : super.rate(name);
  }
}
