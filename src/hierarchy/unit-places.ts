import type { Day } from "../lib/time/date.ts";
import type { Hierarchy } from "./hierarchy.ts";
import { dayNumber, dayOfNumber, type DayNumber, type HierarchyUnit } from "./hierarchy-content.ts";
import { SERVING_KINDS, type Tier } from "./unit.entity.ts";

const LAST_DAY: Day = "9999-12-31";

/** All present and past provinces of the units and their ancestors; for units outside provinces, the country. */
export const placesOver = (hierarchy: Hierarchy, unitNos: readonly number[]): number[] => {
  const above = new Set(unitNos);
  const places: number[] = [];
  for (const unitNo of above) {
    const versions = hierarchy.versionsOf(unitNo);
    const isProvince = versions.some(({ tier }) => tier === "PROVINCE");
    if (isProvince || versions.some(({ parentNo }) => parentNo === null)) places.push(unitNo);
    if (!isProvince) for (const { parentNo } of versions) if (parentNo !== null) above.add(parentNo);
  }
  return places;
};

/** The province of a unit on its last day, or the unit itself; the country for units outside all provinces. */
export const lastProvinceNo = (hierarchy: Hierarchy, unitNo: number): number => {
  const { lastDay } = hierarchy.lifeOf(unitNo);
  const above = hierarchy.versionsAbove(unitNo, dayNumber(lastDay ?? LAST_DAY));
  const chain = [...above, hierarchy.versionsOf(unitNo).at(-1)!];
  return (chain.find(({ tier }) => tier === "PROVINCE") ?? chain[0]!).unitNo;
};

export interface UnitPlace {
  readonly unitNo: number;
  /** Tier in which its work counts: its own, or that of the unit it serves; null outside all tiers. */
  readonly countsIn: Tier | null;
  /** Its province, or itself; 0 outside all provinces. */
  readonly provinceNo: number;
}

interface PlaceInTime {
  readonly from: Day;
  readonly to: Day;
  readonly place: UnitPlace;
}

const NO_PLACES: readonly PlaceInTime[] = [];

/** Looks up units by code and day for imports of millions of rows. */
export class UnitPlaces {
  readonly #hierarchy: Hierarchy;
  readonly #places = new Map<string, readonly PlaceInTime[]>();

  constructor(hierarchy: Hierarchy) {
    this.#hierarchy = hierarchy;
  }

  find(code: string, day: Day): UnitPlace | null {
    const places = this.#places.get(code) ?? NO_PLACES;
    for (const { from, to, place } of places) if (from <= day && day < to) return place;
    const on = dayNumber(day);
    const unitNo = this.#hierarchy.unitNoOf({ code }, on, on);
    if (unitNo === null) return null;
    const found = this.#placeOf(unitNo, on);
    this.#places.set(code, [...places, found]);
    return found.place;
  }

  #placeOf(unitNo: number, on: DayNumber): PlaceInTime {
    const chain = [...this.#upFrom(unitNo, on)];
    const [own, above] = chain as [HierarchyUnit, HierarchyUnit | undefined];
    const serves = (SERVING_KINDS as readonly string[]).includes(own.kind);
    const countsIn = own.tier ?? (serves ? (above?.tier ?? null) : null);
    const province = chain.find(({ tier }) => tier === "PROVINCE");
    return {
      from: dayOfNumber(Math.max(...chain.map(({ from }) => from))),
      to: dayOfNumber(Math.min(...chain.map(({ to }) => to))),
      place: { unitNo, countsIn, provinceNo: province?.unitNo ?? 0 },
    };
  }

  *#upFrom(unitNo: number, on: DayNumber): Iterable<HierarchyUnit> {
    for (let at = this.#hierarchy.versionOn(unitNo, on); at; at = at.parentNo === null ? null : this.#hierarchy.versionOn(at.parentNo, on))
      yield at;
  }
}
