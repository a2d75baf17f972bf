/**
 * The contribution of one unit's evidence to each roll-up above it: its figure minus the chosen figures below it. The atoms of a subtree therefore sum to the value of its
 * cell and count each dossier once.
 */
export interface Atom {
  readonly unitId: number;
  readonly handlingTier: string;
  readonly columns: (number | null)[];
}

/** An amount of one column that is certain for its author and possible for the units below that stated no value of their own. */
export interface Spread {
  readonly unitId: number;
  readonly handlingTier: string;
  readonly column: number;
  readonly amount: number;
  /** The units that may have a part of the amount; every unit that they contribute to may have it too. */
  readonly receivers: readonly number[];
}

/** Bit n of `mask` is set if a figure of the author reports measure n of the unit's own tier, alone or within a statement. */
export interface ReportedMeasures {
  readonly unitId: number;
  readonly authorId: number;
  readonly handlingTier: string;
  readonly mask: number;
}

export interface Decomposed {
  readonly atoms: Atom[];
  readonly spreads: Spread[];
  readonly measureCoverage: ReportedMeasures[];
}
