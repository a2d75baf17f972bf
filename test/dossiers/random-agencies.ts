import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { addDays } from "../../src/lib/time/date.ts";
import type { VersionRow } from "../../src/hierarchy/unit-file.ts";
import { insertUnits, insertVersions } from "../../src/hierarchy/unit-load.service.ts";
import type { AgencyKind } from "../../src/hierarchy/unit.entity.ts";
import { type Draw, FIRST, type UnitHistory } from "../rollups/random-history.ts";
import { chance, numberOf } from "./random-rows.ts";

/** Departments and vertical agencies of provinces that still exist, from any day on; some are closed again. */
export const drawAgencies = (draw: Draw, { versions }: UnitHistory, kinds: readonly AgencyKind[]): VersionRow[] => {
  const provinces = versions.filter(({ tier, validTo }) => tier === "PROVINCE" && validTo === null).map(({ key }) => key);
  return provinces.flatMap((province) => {
    const began = versions.find(({ key }) => key === province)!.validFrom;
    return kinds.flatMap((kind, n): VersionRow[] => {
      // Where a vertical agency counts before its seat was there is no question for this test.
      if (!chance(draw, 60) || (kind === "VERTICAL_AGENCY" && began !== FIRST)) return [];
      const key = `${province}-${n}`;
      const validFrom = chance(draw, 50) ? began : addDays(began, numberOf(draw, 1, 400));
      const validTo = chance(draw, 30) ? addDays(validFrom, numberOf(draw, 1, 900)) : null;
      const names = { name: key, fullName: key, nameEn: null, resolution: null };
      return [{ key, validFrom, validTo, code: `c${key}`, parentKey: province, tier: null as never, kind, ...names }];
    });
  });
};

export const storeAgencies = async (em: EntityManager, agencies: readonly VersionRow[]): Promise<void> => {
  if (agencies.length === 0) return;
  const { rows } = await sql<{ id: number; key: string }>`select id, key from unit`.execute(em.getKysely());
  const numbers = new Map(rows.map(({ id, key }) => [key, id]));
  for (const { key } of agencies) numbers.set(key, numbers.size + 1);
  await insertUnits(em, agencies, numbers);
  await insertVersions(em, agencies, numbers);
};
