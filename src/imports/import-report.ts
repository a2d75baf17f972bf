export const MAX_PROBLEMS = 1000;

export interface ImportedBy {
  readonly actor: string;
  readonly actorName: string;
  readonly at: Date;
}

/** A problem of a row whose unit may be unknown. */
export interface ImportRowProblem {
  readonly field: string | null;
  readonly code: string;
  readonly message: string;
  readonly value?: string | undefined;
}

export interface ImportProblem {
  /** Position in the list, counted from 1; row of a file, whose header is 1. */
  readonly row: number;
  readonly record: string | null;
  readonly field: string | null;
  readonly code: string;
  readonly message: string;
}

export const problemOf = (row: number, record: string | null, { field, code, message }: ImportRowProblem): ImportProblem => ({
  ...{ row, record, field, code, message },
});

export interface ImportWarning {
  readonly row: number;
  readonly record: string;
  readonly field: string;
  readonly code: "KNOWN_FROM_OTHER_SOURCE";
  readonly message: string;
}

/** The result by row, also of a dry run. */
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

/** An import without a valid row changes nothing and creates no source. */
export const hasGoodRow = ({ created, updated, unchanged, stale }: ImportReport): boolean => created + updated + unchanged + stale > 0;
