/** What a workbook may hold. Each is over what Excel itself writes, or what an import needs; together they bound time and memory. */
export const XLSX_LIMITS = {
  entries: 100,
  /** Of all entries together, uncompressed. */
  bytes: 2 * 1024 ** 3,
  /** Uncompressed to compressed, of an entry beyond `ratioFromBytes`. */
  ratio: 200,
  ratioFromBytes: 10_000_000,
  rows: 1_048_576,
  columns: 100,
  sharedStringBytes: 200_000_000,
  cellCharacters: 32_767,
  /** Of XML between two tags, and of one tag. */
  markupCharacters: 1_048_576,
  depth: 100,
  /** Relationships, number formats and cell formats. */
  listed: 100_000,
} as const;
