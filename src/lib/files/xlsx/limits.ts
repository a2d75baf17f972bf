/** Limits of a workbook. Each is above what Excel writes or an import needs; together they bound time and memory. */
export const XLSX_LIMITS = {
  entries: 100,
  bytes: 2 * 1024 ** 3,
  /** Compression ratio of an entry above `ratioFromBytes`. */
  ratio: 200,
  ratioFromBytes: 10_000_000,
  rows: 1_048_576,
  columns: 100,
  sharedStringBytes: 200_000_000,
  cellCharacters: 32_767,
  /** XML between two tags, or one tag. */
  markupCharacters: 1_048_576,
  depth: 100,
  listed: 100_000,
} as const;
