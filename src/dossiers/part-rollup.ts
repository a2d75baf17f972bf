import { DomainError } from "../errors.ts";
import { DOSSIER, summedColumns } from "../figures/measure.ts";
import { type Rate, UNKNOWN_RATE } from "../figures/rate.ts";
import { columnsOf, type Knowledge } from "../figures/records.ts";
import { type Rollup, rollupClass } from "../figures/rollup.ts";
import type { Bounds } from "../figures/rollup.type.ts";
import type { FieldCountRow } from "./counts/field-count.store.ts";
import { measuresOf } from "./counts/record-sums.store.ts";

const DossierRollup = rollupClass(DOSSIER);
const NO_KNOWLEDGE: Knowledge = { covered: 0, known: 0 };
const POSITIONS: ReadonlyMap<string, number> = new Map(summedColumns(DOSSIER).map((name, n) => [name, n]));

/** A roll-up of a part of what its key tells of: some of its fields cannot be told. */
abstract class PartRollup extends DossierRollup {
  /** Why not, as in: coverage is not told by field. */
  abstract readonly untold: string;

  override get kind() {
    return DOSSIER;
  }

  override get positions() {
    return POSITIONS;
  }
}

/** The whole of its key, or a roll-up that is told so. @throws DomainError BAD_USER_INPUT for a part, naming the field of the API. */
export const toldOf = (rollup: Rollup, name: string): Rollup => {
  if (rollup instanceof PartRollup) throw new DomainError("BAD_USER_INPUT", `${name} is not told ${rollup.untold}`);
  return rollup;
};

/** The records of one field of procedures. */
export class FieldRollup extends PartRollup {
  readonly untold = "by field";
  readonly field: { readonly code: string; readonly name: string };
  /** As COUNTED, what is certain; null where that is nothing. */
  readonly counted: readonly number[] | null;

  /** `whole` are the dossiers of all fields, whose coverage is theirs. */
  constructor(whole: Rollup, rows: readonly FieldCountRow[]) {
    const countedAs = (certain: boolean) => rows.find((row) => row.certain === certain)?.counted ?? null;
    const columns = (counted: readonly number[] | null) => counted && columnsOf(DOSSIER, measuresOf(counted));
    super(
      whole,
      undefined,
      { certain: columns(countedAs(true)), possible: columns(countedAs(false)) },
      whole.isWithheld ? NO_KNOWLEDGE : null,
    );
    this.field = { code: rows[0]!.code, name: rows[0]!.name };
    this.counted = countedAs(true);
  }
}

/** What is left of a roll-up when its other parts are taken off, so that all parts add up to it. It may be less than nothing. */
export class RestRollup extends PartRollup {
  readonly untold = "of what is left when the other parts are taken off";
  readonly whole: Rollup;
  readonly #parts: readonly Rollup[];

  constructor(whole: Rollup, parts: readonly Rollup[]) {
    super(whole);
    this.whole = whole;
    this.#parts = parts;
  }

  override get exact(): boolean {
    return this.whole.exact;
  }

  /** Of a whole that nobody can tell nobody can tell the rest. */
  override get isWithheld(): boolean {
    return this.whole.isWithheld;
  }

  override certainAt(position: number): number | null {
    const known = [...this.#parts.map((part) => part.at(position)), this.whole.at(position)].filter((sum) => sum !== null);
    if (known.length === 0) return null;
    return this.#parts.reduce((rest, part) => rest - (part.at(position) ?? 0), this.whole.at(position) ?? 0);
  }

  /** Of less than nothing there is no rate. */
  override rate(name: string): Rate {
    return this.isWithheld || ["Part", "Of", "Whole"].some((column) => (this.sum(`${name}${column}`) ?? 0) < 0)
      ? UNKNOWN_RATE
      : super.rate(name);
  }
}

/** What is incomplete is told of the whole. */
export const completenessOf = (rollup: Rollup): Rollup => (rollup instanceof RestRollup ? rollup.whole : rollup);

/** What is possible is not told of what is left. */
export const boundsOf = (rollup: Rollup, measure: string): Bounds =>
  (rollup instanceof RestRollup ? toldOf(rollup, "bounds") : rollup).bounds(measure);
