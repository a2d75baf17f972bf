import { type CsvRow, readCsv } from "../lib/files/csv-reader.ts";
import { type Day, FIRST_DAY, isDay } from "../lib/time/date.ts";
import { SUCCESSION_KINDS, type SuccessionKind, TERRITORIAL_KINDS, type Tier, TIERS, type UnitKind } from "./unit.entity.ts";
import { codeOf, englishNameOf, fullNameFor, fullNameOf, idOf, kindOf, nameOf, remarkOf, shareOf } from "./unit-text.ts";

const ROUNDING = 1e-9;

const VERSION_COLUMNS = [
  ...(["unit_id", "valid_from", "valid_to", "code", "parent_id", "tier", "kind", "name", "full_name", "name_en", "resolution"] as const),
] as const;
const SUCCESSION_COLUMNS = ["predecessor_id", "successor_id", "effective_on", "kind", "share", "resolution", "note"] as const;
const EDITION_COLUMNS = ["date", "provinces", "districts", "communes"] as const;
export type VersionColumn = (typeof VERSION_COLUMNS)[number];
export type SuccessionColumn = (typeof SUCCESSION_COLUMNS)[number];
type VersionFile = CsvRow<VersionColumn>;
type SuccessionFile = CsvRow<SuccessionColumn>;
export type Blamed<C extends string> = Pick<CsvRow<C>, "fail">;
export type EditionFile = CsvRow<(typeof EDITION_COLUMNS)[number]>;

export interface VersionRow {
  readonly key: string;
  readonly validFrom: Day;
  readonly validTo: Day | null;
  readonly code: string;
  readonly parentKey: string | null;
  readonly tier: Tier;
  readonly kind: UnitKind;
  readonly name: string;
  readonly fullName: string;
  readonly nameEn: string | null;
  readonly resolution: string | null;
}

export interface SuccessionFileRow {
  readonly predecessor: string;
  readonly successor: string;
  readonly effectiveOn: Day;
  readonly kind: SuccessionKind;
  readonly share: number | null;
  readonly resolution: string | null;
  readonly note: string | null;
}

export interface UnitFiles {
  readonly versions: readonly VersionRow[];
  readonly successions: readonly SuccessionFileRow[];
  readonly editions: readonly EditionFile[];
}

export interface ReadRows<C extends string, T> {
  readonly rows: readonly CsvRow<C>[];
  readonly said: readonly T[];
}

/** Reads and checks the three files of a folder. @throws FileError naming file, row and column of the first fault. */
export const readUnitFiles = async (folder: URL): Promise<UnitFiles> => {
  const versions = await readVersions(new URL("unit-versions.csv", folder));
  checkVersions(versions.rows, versions.said);
  const successions = await readSuccessions(new URL("successions.csv", folder));
  checkSuccessions(successions.rows, successions.said, versions.said);
  return { versions: versions.said, successions: successions.said, editions: await readEditions(new URL("editions.csv", folder)) };
};

export const readVersions = async (url: URL): Promise<ReadRows<VersionColumn, VersionRow>> => {
  const rows = await readCsv(url, VERSION_COLUMNS);
  return { rows, said: rows.map(versionOf) };
};

export const readSuccessions = async (url: URL): Promise<ReadRows<SuccessionColumn, SuccessionFileRow>> => {
  const rows = await readCsv(url, SUCCESSION_COLUMNS);
  return { rows, said: rows.map(successionOf) };
};

export const readEditions = (url: URL): Promise<EditionFile[]> => readCsv(url, EDITION_COLUMNS);

const dayOf = <C extends string>(row: CsvRow<C>, column: C): Day => {
  if (!isDay(row.get(column))) throw row.fail(column, "must be a day as YYYY-MM-DD");
  return row.get(column);
};

const oneOf = <T extends string, C extends string>(row: CsvRow<C>, column: C, accepted: readonly T[]): T => {
  if (!(accepted as readonly string[]).includes(row.get(column))) throw row.fail(column, `is none of ${accepted.join(", ")}`);
  return row.get(column) as T;
};

const textOf = <C extends string>(row: CsvRow<C>, column: C): string => {
  if (row.get(column) === "") throw row.fail(column, "must not be empty");
  return row.get(column);
};

/** Returns the text unchanged if the rule accepts it. */
const ruledBy = <C extends string>(row: CsvRow<C>, column: C, accepted: (text: string) => string | null): string => {
  textOf(row, column);
  const problem = accepted(row.written(column));
  if (problem !== null) throw row.fail(column, problem);
  return row.get(column);
};

const ifAny = <C extends string>(row: CsvRow<C>, column: C, accepted: (text: string) => string | null): string | null =>
  row.get(column) === "" ? null : ruledBy(row, column, accepted);

const versionOf = (row: VersionFile): VersionRow => {
  const validTo = row.get("valid_to") === "" ? null : dayOf(row, "valid_to");
  const validFrom = dayOf(row, "valid_from");
  const tier = oneOf(row, "tier", TIERS);
  const kind = oneOf(row, "kind", TERRITORIAL_KINDS);
  for (const column of ["unit_id", "code"] as const)
    if (row.get(column).includes("/")) throw row.fail(column, "must not contain a slash, which marks agencies");
  const name = ruledBy(row, "name", nameOf(kind, validFrom));
  const version = {
    ...{ key: ruledBy(row, "unit_id", idOf(tier)), validFrom, validTo, code: ruledBy(row, "code", codeOf(tier)) },
    ...{ parentKey: row.get("parent_id") || null, tier, kind, name, fullName: ruledBy(row, "full_name", fullNameOf) },
    nameEn: ifAny(row, "name_en", englishNameOf),
    resolution: ifAny(row, "resolution", remarkOf),
  };
  if (validFrom < FIRST_DAY) throw row.fail("valid_from", `must not be before ${FIRST_DAY}, the first recorded day`);
  ruledBy(row, "kind", kindOf(tier, validFrom));
  if (validTo !== null && validTo <= validFrom) throw row.fail("valid_to", "must be after valid_from");
  if ((version.parentKey === null) !== (tier === "COUNTRY")) throw row.fail("parent_id", "must not be empty except for the country");
  return version;
};

const contains = (outer: VersionRow, from: Day, to: Day | null): boolean =>
  outer.validFrom <= from && (outer.validTo === null || (to !== null && to <= outer.validTo));

/** Checks that full names match names, versions of a unit do not overlap, a code has one holder at a time, and a parent exists during the whole version. */
export const checkVersions = (rows: readonly Blamed<VersionColumn>[], versions: readonly VersionRow[]): void => {
  const lives = livesOf(versions);
  const at = new Map(versions.map((version, n) => [version, rows[n]!]));
  for (const [key, column] of [
    ["key", "valid_from"],
    ["code", "code"],
  ] as const) {
    for (const group of Map.groupBy(versions, (version) => version[key]).values()) {
      const ordered = group.toSorted((a, b) => (a.validFrom < b.validFrom ? -1 : 1));
      for (const [n, version] of ordered.entries()) {
        const before = ordered[n - 1];
        if (before && (before.validTo === null || before.validTo > version.validFrom))
          throw at.get(version)!.fail(column, `belongs to another version too, from ${before.validFrom}`);
        if (before && key === "key" && before.validTo !== version.validFrom)
          throw at.get(version)!.fail(column, "leaves a gap after the version before");
      }
    }
  }
  for (const [n, version] of versions.entries()) {
    const strange = fullNameFor(version.kind, version.name)(version.fullName);
    if (strange !== null) throw rows[n]!.fail("full_name", strange);
    const life = version.parentKey === null ? null : lives.get(version.parentKey);
    if (life === undefined) throw rows[n]!.fail("parent_id", "is not a unit of this file");
    if (life && !contains(life, version.validFrom, version.validTo))
      throw rows[n]!.fail("parent_id", "does not exist during the whole version");
  }
};

export const livesOf = (versions: readonly VersionRow[]): Map<string, VersionRow> => {
  const lives = new Map<string, VersionRow>();
  for (const version of versions) {
    const life = lives.get(version.key);
    const validFrom = life && life.validFrom < version.validFrom ? life.validFrom : version.validFrom;
    const validTo =
      life && (life.validTo === null || (version.validTo !== null && life.validTo > version.validTo)) ? life.validTo : version.validTo;
    lives.set(version.key, { ...version, validFrom, validTo });
  }
  return lives;
};

const successionOf = (row: SuccessionFile): SuccessionFileRow => {
  const share = ifAny(row, "share", shareOf);
  const kind = oneOf(row, "kind", SUCCESSION_KINDS);
  if (kind === "WHOLE" && share !== null && Number(share) < 1) throw row.fail("share", "is not the whole; must be 1 or empty for WHOLE");
  return {
    predecessor: textOf(row, "predecessor_id"),
    successor: textOf(row, "successor_id"),
    effectiveOn: dayOf(row, "effective_on"),
    kind,
    share: share === null ? null : Number(share),
    resolution: ifAny(row, "resolution", remarkOf),
    note: ifAny(row, "note", remarkOf),
  };
};

/** A predecessor must end on the day and a successor must exist on it; WHOLE has exactly one successor, PART at least two. */
export const checkSuccessions = (
  rows: readonly Blamed<SuccessionColumn>[],
  successions: readonly SuccessionFileRow[],
  versions: readonly VersionRow[],
): void => {
  const lives = livesOf(versions);
  const ofPredecessor = Map.groupBy(successions, ({ predecessor }) => predecessor);
  for (const [n, { predecessor, successor, effectiveOn, kind }] of successions.entries()) {
    const row = rows[n]!;
    const [before, after] = [lives.get(predecessor), lives.get(successor)];
    if (!before) throw row.fail("predecessor_id", "is not a unit of unit-versions.csv");
    if (!after) throw row.fail("successor_id", "is not a unit of unit-versions.csv");
    if (before.validTo !== effectiveOn)
      throw row.fail("effective_on", `is not the end of ${predecessor} (${before.validTo ?? "which still exists"})`);
    if (after.validFrom > effectiveOn || (after.validTo !== null && after.validTo <= effectiveOn))
      throw row.fail("successor_id", `does not exist on ${effectiveOn}`);
    const successors = ofPredecessor.get(predecessor)!;
    if (new Set(successors.map((other) => other.successor)).size < successors.length)
      throw row.fail("successor_id", `is listed twice for ${predecessor}`);
    if ((kind === "WHOLE") !== (successors.length === 1))
      throw row.fail("kind", `does not fit ${successors.length} successors of ${predecessor}`);
    const together = successors.reduce((sum, { share }) => sum + (share ?? 0), 0);
    if (together > 1 + ROUNDING)
      throw row.fail("share", `is too large: the shares of ${predecessor} sum to ${together}; must sum to at most 1`);
  }
};
