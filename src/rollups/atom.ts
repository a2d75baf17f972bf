/**
 * What one unit's evidence adds to every roll-up that holds the unit: its figure less the chosen figures below it, so that the sum
 * of the atoms of a subtree is the value of its cell, and each dossier counts once however many units speak of it.
 */
export interface Atom {
  readonly unitId: number;
  readonly slot: string;
  readonly columns: (number | null)[];
}

/** An amount of one column that is certain at its author, and possible at those under it whose part nobody has stated. */
export interface Spread {
  readonly unitId: number;
  readonly slot: string;
  readonly column: number;
  readonly amount: number;
  /** The units that may hold a part of it; what they contribute to may hold it too. */
  readonly receivers: readonly number[];
}

/** Bit n of `mask`: measure n of the unit's own tier is known by a figure of the author, alone or as part of a statement. */
export interface Knowledge {
  readonly unitId: number;
  readonly authorId: number;
  readonly slot: string;
  readonly mask: number;
}

export interface Decomposed {
  readonly atoms: Atom[];
  readonly spreads: Spread[];
  readonly knowledge: Knowledge[];
}
