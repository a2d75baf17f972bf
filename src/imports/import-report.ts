/** Problems that one report names, and warnings. */
export const MAX_PROBLEMS = 1000;

/** Who imports, and when. */
export interface ImportedBy {
  readonly actor: string;
  readonly actorName: string;
  readonly at: Date;
}

/** What is wrong with a row before anybody knows whose it is. */
export interface ImportRowProblem {
  readonly field: string | null;
  readonly code: string;
  readonly message: string;
  /** The value in the row, where the problem is of one value. */
  readonly value?: string | undefined;
}

export interface ImportProblem {
  /** Place in the list, counted from 1; row of a file, whose header is 1. */
  readonly row: number;
  /** Code of the record, where the row has one. */
  readonly record: string | null;
  readonly field: string | null;
  readonly code: string;
  readonly message: string;
}

export const problemOf = (row: number, record: string | null, { field, code, message }: ImportRowProblem): ImportProblem => ({
  ...{ row, record, field, code, message },
});

/** What people should know of a row that is imported. */
export interface ImportWarning {
  readonly row: number;
  readonly record: string;
  readonly field: string;
  readonly code: "KNOWN_FROM_OTHER_SOURCE";
  readonly message: string;
}

/** What becomes of the rows, or would become of them where nothing is committed. */
export interface ImportReport {
  readonly id: string;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly stale: number;
  readonly rejected: number;
  readonly problems: readonly ImportProblem[];
  readonly warnings: readonly ImportWarning[];
}

/** Whether a row is good. An import without one changes nothing, and makes no source either. */
export const hasGoodRow = ({ created, updated, unchanged, stale }: ImportReport): boolean => created + updated + unchanged + stale > 0;
