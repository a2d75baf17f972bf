import { addDays, type Day } from "../../src/lib/time/date.ts";
import type { Tier, UnitKind } from "../../src/hierarchy/unit.entity.ts";
import type { UnitFiles, VersionRow } from "../../src/hierarchy/unit-file.ts";
import { drawnFor } from "./random.ts";
import { type DemoYear, REFORM } from "./year.ts";

/** A unit that handles dossiers of the demo while its code is valid. */
export interface DemoUnit {
  readonly code: string;
  readonly tier: Tier;
  readonly from: Day;
  /** Null while the code is valid. */
  readonly to: Day | null;
  /** Share of dossiers among the units of its tier. */
  readonly weight: number;
  /** Difference of its online share from its province. */
  readonly online: number;
  /** Difference of its punctuality from its province. */
  readonly punctuality: number;
}

const WEIGHTS: Partial<Record<UnitKind, number>> = {
  ...{ PROVINCE: 1, CENTRAL_CITY: 1.4 },
  ...{ RURAL_DISTRICT: 1, URBAN_DISTRICT: 2, TOWN: 1.4, PROVINCIAL_CITY: 2.2 },
  ...{ COMMUNE: 1, TOWNSHIP: 1.5, WARD: 2, SPECIAL_ZONE: 0.6 },
};
/** Hoàng Sa, a district and later special zone without inhabitants. */
const EMPTY = new Set(["498", "20333"]);

/** Share of communes that are much slower than others. */
const SLOW = 0.03;

/** The provinces of these codes and the units below them, and from 1 July 2025 on the communes that succeeded these. */
export const demoUnits = ({ versions, successions }: UnitFiles, codes: readonly string[], { first, last }: DemoYear): DemoUnit[] => {
  const atReform = addDays(REFORM, -1);
  const since = first < atReform ? first : atReform;
  const byUnit = Map.groupBy(versions, ({ key }) => key);
  const on = (key: string, day: Day) =>
    byUnit.get(key)?.find(({ validFrom, validTo }) => validFrom <= day && (validTo === null || validTo > day));
  const provinceOf = (version: VersionRow, day: Day): VersionRow | undefined => {
    if (version.tier === "PROVINCE") return version;
    const parent = version.parentKey === null ? undefined : on(version.parentKey, day);
    return parent && provinceOf(parent, day);
  };
  const isWithin = (version: VersionRow) => {
    const province = provinceOf(version, version.validFrom > since ? version.validFrom : since);
    return province !== undefined && codes.includes(province.code);
  };
  const current = versions.filter(({ validFrom, validTo }) => validFrom <= last && (validTo === null || validTo > since));
  const before = new Set(current.filter((version) => version.validFrom < REFORM && isWithin(version)).map(({ key }) => key));
  const after = new Set(successions.flatMap(({ predecessor, successor }) => (before.has(predecessor) ? [successor] : [])));
  const isOurs = (version: VersionRow) =>
    isWithin(version) || (version.tier === "COMMUNE" && version.validFrom >= REFORM && (before.has(version.key) || after.has(version.key)));
  const isInTime = ({ validTo }: VersionRow) => validTo === null || validTo > first;
  return current
    .filter((version) => isInTime(version) && isOurs(version))
    .map(({ code, tier, kind, validFrom, validTo }) => ({
      ...{ code, tier, from: validFrom, to: validTo },
      weight: EMPTY.has(code) ? 0.02 : WEIGHTS[kind]! * (0.6 + 0.8 * drawnFor(`${code} size`)),
      online: 0.08 * (drawnFor(`${code} online`) - 0.5),
      punctuality: tier === "COMMUNE" && drawnFor(`${code} slow`) < SLOW ? -0.12 : 0.02 * (drawnFor(`${code} punctual`) - 0.5),
    }));
};
