import { sql } from "kysely";
import type { Rows } from "../database/reader.ts";
import type { Day } from "../lib/time/date.ts";
import { SERVING_KINDS, type Tier, type UnitKind } from "./unit.entity.ts";

export interface UnitPlace {
  readonly unitNo: number;
  /** Tier in which its work counts: its own, or that of the unit it serves; null outside all tiers. */
  readonly countsIn: Tier | null;
  /** Its province, or itself; 0 outside all provinces. */
  readonly provinceNo: number;
}

interface Version {
  readonly unitNo: number;
  readonly code: string;
  readonly parentNo: number | null;
  readonly tier: Tier | null;
  readonly kind: UnitKind;
  readonly from: Day;
  readonly to: Day | null;
}

interface PlaceInTime extends Span {
  readonly place: UnitPlace;
}

interface Span {
  readonly from: Day;
  readonly to: Day;
}

const FOREVER: Day = "9999-12-31";

/** Looks up units by code and day in memory, for files of millions of rows. */
export class UnitDirectory {
  readonly #byCode: ReadonlyMap<string, readonly Version[]>;
  readonly #byUnit: ReadonlyMap<number, readonly Version[]>;
  readonly #known = new Map<string, PlaceInTime[]>();

  constructor(versions: readonly Version[]) {
    this.#byCode = Map.groupBy(versions, ({ code }) => code);
    this.#byUnit = Map.groupBy(versions, ({ unitNo }) => unitNo);
  }

  unitNumbers(): number[] {
    return [...this.#byUnit.keys()];
  }

  find(code: string, day: Day): UnitPlace | null {
    const known = this.#known.get(code) ?? [];
    for (const { from, to, place } of known) if (from <= day && day < to) return place;
    const version = on(this.#byCode.get(code), day);
    if (version === null) return null;
    const found = this.#place(version, day);
    this.#known.set(code, [...known, found]);
    return found.place;
  }

  #place(version: Version, day: Day): PlaceInTime {
    const above = this.#above(version, day);
    const serves = (SERVING_KINDS as readonly string[]).includes(version.kind);
    const province = [version, ...above].find(({ tier }) => tier === "PROVINCE");
    const countsIn = version.tier ?? (serves ? (above[0]?.tier ?? null) : null);
    const span = [version, ...above].reduce<Span>(
      ({ from, to }, one) => ({ from: one.from > from ? one.from : from, to: one.to !== null && one.to < to ? one.to : to }),
      { from: version.from, to: FOREVER },
    );
    return { ...span, place: { unitNo: version.unitNo, countsIn, provinceNo: province?.unitNo ?? 0 } };
  }

  #above({ parentNo }: Version, day: Day): Version[] {
    const parent = parentNo === null ? null : on(this.#byUnit.get(parentNo), day);
    return parent === null ? [] : [parent, ...this.#above(parent, day)];
  }
}

const on = (versions: readonly Version[] | undefined, day: Day): Version | null =>
  versions?.find(({ from, to }) => from <= day && (to === null || to > day)) ?? null;

/** Reads the units of the codes; null means all units. */
export const readUnitDirectory = async (rows: Rows, codes: readonly string[] | null): Promise<UnitDirectory> => {
  const wanted = codes?.filter((code) => !code.includes("\0")) ?? null;
  const named = wanted === null ? sql`true` : sql`v.code = any(${[...new Set(wanted)]}::text[])`;
  return new UnitDirectory(
    await rows.rows(sql<Version>`
      with recursive found as (
        select v.unit_id, v.parent_id from unit_version v where ${named}
        union
        select v.unit_id, v.parent_id from found f join unit_version v on v.unit_id = f.parent_id
      )
      select v.unit_id as "unitNo", v.code, v.parent_id as "parentNo", v.tier, v.kind, v.valid_from as "from", v.valid_to as "to"
      from unit_version v where v.unit_id in (select unit_id from found)`),
  );
};
