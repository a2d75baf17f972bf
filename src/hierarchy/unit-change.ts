import { addDays, type Day } from "../lib/time/date.ts";
import { livesOf, type SuccessionFileRow, type VersionRow } from "./unit-file.ts";
import type { KnownUnits, MergedUnits } from "./unit-merge.ts";
import type { Tier } from "./unit.entity.ts";

export interface EditionChange {
  readonly day: Day;
  readonly before: Counts;
  readonly after: Counts;
  readonly lines: readonly string[];
}

export type Counts = Readonly<Record<"provinces" | "districts" | "communes", number>>;
const COUNTED = { provinces: "PROVINCE", districts: "DISTRICT", communes: "COMMUNE" } as const satisfies Record<keyof Counts, Tier>;

const isOn = ({ validFrom, validTo }: VersionRow, day: Day) => validFrom <= day && (validTo === null || day < validTo);

export const countsOn = (versions: readonly VersionRow[], day: Day): Counts => {
  const there = versions.filter((version) => isOn(version, day));
  const count = (tier: Tier) => there.filter((version) => version.tier === tier).length;
  return { provinces: count(COUNTED.provinces), districts: count(COUNTED.districts), communes: count(COUNTED.communes) };
};

/** Days of the merged units that start an edition that the database does not have. */
export const newEditions = ({ lastEdition }: KnownUnits, { closed, begun }: MergedUnits): Day[] => {
  const days = [...closed.keys(), ...begun.keys()].flatMap(({ validFrom, validTo }) =>
    validTo === null ? [validFrom] : [validFrom, validTo],
  );
  return [...new Set(days)].filter((day) => day > lastEdition).toSorted();
};

export const changesOf = (known: KnownUnits, merged: MergedUnits): EditionChange[] =>
  newEditions(known, merged).map((day) => ({
    ...{ day, before: countsOn(merged.versions, addDays(day, -1)), after: countsOn(merged.versions, day) },
    lines: linesOf(merged, day),
  }));

const linesOf = ({ versions, successions }: MergedUnits, day: Day): string[] => {
  const lives = livesOf(versions);
  const named = new Map(
    versions.filter((version) => isOn(version, day) || version.validTo === day).map((version) => [version.key, version]),
  );
  // A version that begins on the day takes precedence over one that ends on it.
  for (const version of versions) if (isOn(version, day)) named.set(version.key, version);
  const nameOf = (key: string | null) => {
    const version = key === null ? undefined : named.get(key);
    return version ? `${version.code} ${version.fullName}` : (key ?? "nothing");
  };
  const left = new Map(versions.filter(({ validTo }) => validTo === day).map((version) => [version.key, version]));
  const lines = versions.flatMap((version): string[] => {
    const before = left.get(version.key);
    if (version.validFrom === day && lives.get(version.key)!.validFrom === day) return [begins(version, successions, nameOf)];
    if (version.validFrom === day && before) return differences(before, version, nameOf);
    return version.validTo === day && lives.get(version.key)!.validTo === day ? [ends(version, successions, nameOf)] : [];
  });
  return lines.toSorted();
};

type NameOf = (key: string | null) => string;

const begins = ({ key, code, fullName, parentKey }: VersionRow, successions: readonly SuccessionFileRow[], nameOf: NameOf): string => {
  const from = successions.filter(({ successor }) => successor === key).map(({ predecessor, kind }) => `${nameOf(predecessor)} (${kind})`);
  return `begins   ${code} ${fullName} [${key}] under ${nameOf(parentKey)}${from.length > 0 ? `, from ${from.join(", ")}` : ""}`;
};

const ends = ({ key, code, fullName }: VersionRow, successions: readonly SuccessionFileRow[], nameOf: NameOf): string => {
  const to = successions.filter(({ predecessor }) => predecessor === key).map(({ successor, kind }) => `${nameOf(successor)} (${kind})`);
  return `ends     ${code} ${fullName} [${key}], ${to.length > 0 ? `goes to ${to.join(", ")}` : "without a successor"}`;
};

const differences = (before: VersionRow, after: VersionRow, nameOf: NameOf): string[] => {
  const who = `${before.code} ${before.fullName} [${before.key}]`;
  const differs = (field: keyof VersionRow) => before[field] !== after[field];
  const lines = [
    differs("name") || differs("fullName") ? `renamed  ${who}: now ${after.fullName}` : "",
    differs("parentKey") ? `moved    ${who}: from ${nameOf(before.parentKey)} to ${nameOf(after.parentKey)}` : "",
    differs("code") ? `code     ${who}: now ${after.code}` : "",
    differs("kind") ? `kind     ${who}: now ${after.kind}` : "",
    differs("tier") ? `tier     ${who}: now ${after.tier}` : "",
  ].filter((line) => line !== "");
  return lines.length > 0 ? lines : [`version  ${who}: only the act or the name without diacritics changes`];
};
