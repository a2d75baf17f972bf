import type { FileError } from "../lib/files/file-error.ts";
import type { Day } from "../lib/time/date.ts";
import {
  type Blamed,
  checkSuccessions,
  checkVersions,
  type ReadRows,
  type SuccessionColumn,
  type SuccessionFileRow,
  type VersionColumn,
  type VersionRow,
} from "./unit-file.ts";

export interface KnownUnits {
  readonly versions: readonly VersionRow[];
  readonly successions: readonly SuccessionFileRow[];
  /** Start of the last edition; earlier days are history and must not change. */
  readonly lastEdition: Day;
}

export interface NextUnits {
  readonly versions: ReadRows<VersionColumn, VersionRow>;
  readonly successions: ReadRows<SuccessionColumn, SuccessionFileRow>;
}

/** The existing units and the additions of the files, checked together. */
export interface MergedUnits {
  readonly versions: readonly VersionRow[];
  readonly successions: readonly SuccessionFileRow[];
  /** Versions without an end that the files end, each with its row. */
  readonly closed: ReadonlyMap<VersionRow, Blamed<VersionColumn>>;
  readonly begun: ReadonlyMap<VersionRow, Blamed<VersionColumn>>;
  readonly succeeded: readonly SuccessionFileRow[];
}

/** Files with at least this share of the existing rows are complete sets, which must not omit any row. */
const WHOLE_SET = 0.9;

/** @throws FileError naming file, row and column of a change to history or of a violated rule. */
export const mergeUnits = (known: KnownUnits, next: NextUnits): MergedUnits => {
  const versions = mergeVersions(known, next.versions);
  const successions = mergeSuccessions(known, next.successions);
  // Rows of the files come first, so that errors name them.
  checkVersions(
    [...versions.rows, ...versions.kept.map((version) => standIn(version, next.versions))],
    [...versions.said, ...versions.kept],
  );
  const all = { versions: [...versions.said, ...versions.kept], successions: [...successions.said, ...successions.kept] };
  const blamed = successions.kept.map(({ predecessor }) => ofPredecessor(predecessor, next.successions) ?? next.successions.rows[0]!);
  checkSuccessions([...successions.rows, ...blamed], all.successions, all.versions);
  return { ...all, closed: versions.closed, begun: versions.begun, succeeded: successions.succeeded };
};

const idOf = ({ key, validFrom }: VersionRow) => `${key} from ${validFrom}`;

const FIELDS: readonly (readonly [VersionColumn, keyof VersionRow])[] = [
  ...([
    ["code", "code"],
    ["parent_id", "parentKey"],
    ["tier", "tier"],
    ["kind", "kind"],
  ] as const),
  ...([
    ["name", "name"],
    ["full_name", "fullName"],
    ["name_en", "nameEn"],
    ["resolution", "resolution"],
  ] as const),
];

const mergeVersions = ({ versions: known, lastEdition }: KnownUnits, { rows, said }: NextUnits["versions"]) => {
  const before = new Map(known.map((version) => [idOf(version), version]));
  const found = new Set<string>();
  const closed = new Map<VersionRow, Blamed<VersionColumn>>();
  const begun = new Map<VersionRow, Blamed<VersionColumn>>();
  for (const [n, version] of said.entries()) {
    const row = rows[n]!;
    const old = before.get(idOf(version));
    if (found.size === found.add(idOf(version)).size) throw row.fail("valid_from", `is listed twice for ${version.key}`);
    if (!old) {
      if (version.validFrom <= lastEdition) throw row.fail("valid_from", `rewrites history: ${notAfter(lastEdition)}`);
      begun.set(version, row);
    } else if (isClosing(row, old, version, lastEdition)) closed.set(version, row);
  }
  checkWhole(rows, "unit_id", known.map(idOf), found);
  return { rows, said, kept: known.filter((version) => !found.has(idOf(version))), closed, begun };
};

const notAfter = (lastEdition: Day) => `it is not after ${lastEdition}, the start of the last edition`;
const rewrites = (what: string, known: string | number | null) => `rewrites history: the stored value of ${what} is "${known ?? ""}"`;

const isClosing = (row: Blamed<VersionColumn>, old: VersionRow, version: VersionRow, lastEdition: Day): boolean => {
  for (const [column, field] of FIELDS) if (old[field] !== version[field]) throw row.fail(column, rewrites(idOf(old), old[field]));
  if (old.validTo === version.validTo) return false;
  if (old.validTo !== null || version.validTo === null) throw row.fail("valid_to", rewrites(idOf(old), old.validTo));
  if (version.validTo <= lastEdition) throw row.fail("valid_to", `rewrites history: ${notAfter(lastEdition)}`);
  return true;
};

const pairOf = ({ predecessor, successor }: SuccessionFileRow) => `${predecessor} to ${successor}`;

const mergeSuccessions = ({ successions: known, lastEdition }: KnownUnits, { rows, said }: NextUnits["successions"]) => {
  const before = new Map(known.map((row) => [pairOf(row), row]));
  const found = new Set<string>();
  const succeeded: SuccessionFileRow[] = [];
  for (const [n, succession] of said.entries()) {
    const row = rows[n]!;
    const old = before.get(pairOf(succession));
    if (found.size === found.add(pairOf(succession)).size) throw row.fail("successor_id", `is listed twice for ${succession.predecessor}`);
    if (!old) {
      if (succession.effectiveOn <= lastEdition) throw row.fail("effective_on", `rewrites history: ${notAfter(lastEdition)}`);
      succeeded.push(succession);
      continue;
    }
    for (const [column, field] of SUCCESSION_FIELDS)
      if (old[field] !== succession[field]) throw row.fail(column, rewrites(pairOf(old), old[field]));
  }
  const kept = known.filter((row) => !found.has(pairOf(row)));
  for (const { predecessor, successor } of kept) {
    const row = ofPredecessor(predecessor, { rows, said });
    if (row) throw row.fail("predecessor_id", `rewrites history: the stored successions also lead to ${successor}`);
  }
  checkWhole(rows, "predecessor_id", known.map(pairOf), found);
  return { rows, said, kept, succeeded };
};

const SUCCESSION_FIELDS: readonly (readonly [SuccessionColumn, keyof SuccessionFileRow])[] = [
  ...([
    ["effective_on", "effectiveOn"],
    ["kind", "kind"],
    ["share", "share"],
  ] as const),
  ...([
    ["resolution", "resolution"],
    ["note", "note"],
  ] as const),
];

const ofPredecessor = (predecessor: string, { rows, said }: NextUnits["successions"]) =>
  rows[said.findLastIndex((row) => row.predecessor === predecessor)];

const checkWhole = <C extends string>(
  rows: readonly Blamed<C>[],
  column: C,
  known: readonly string[],
  found: ReadonlySet<string>,
): void => {
  const missing = known.filter((one) => !found.has(one));
  if (missing.length > 0 && missing.length <= known.length * (1 - WHOLE_SET))
    throw rows.at(-1)!.fail(column, `is the last row of a complete set, but the existing ${missing[0]} is missing`);
};

/** Stands for an existing version that is not in the file; the end of the unit above caused the fault. */
const standIn = (version: VersionRow, { rows, said }: NextUnits["versions"]): Blamed<VersionColumn> => ({
  fail: (column, problem): FileError => {
    const above = said.findLastIndex(({ key, validTo }) => key === version.parentKey && validTo !== null);
    const what = `${version.key} ${version.fullName}`;
    if (column === "parent_id" && above !== -1)
      return rows[above]!.fail("valid_to", `leaves ${what} below it, which the files neither end nor move`);
    const own = Math.max(
      0,
      said.findLastIndex(({ key }) => key === version.key),
    );
    return rows[own]!.fail("unit_id", `contradicts ${what} from ${version.validFrom}, whose ${column} ${problem}`);
  },
});
