import type { EntityManager } from "@mikro-orm/postgresql";
import { loadUnits } from "../../src/hierarchy/unit-load.service.ts";
import type { Tier } from "../../src/hierarchy/unit.entity.ts";
import { empty } from "../support/empty.ts";
import type { UnitHistory } from "./random-history.ts";

const countsOf = (history: UnitHistory) =>
  history.days.map((day, n) => {
    const count = (tier: Tier) =>
      history.versions.filter(
        (version) => version.tier === tier && version.validFrom <= day && (version.validTo === null || day < version.validTo),
      ).length;
    const cells: Record<string, string> = {
      ...{ date: day, provinces: `${count("PROVINCE")}`, districts: `${count("DISTRICT")}`, communes: `${count("COMMUNE")}` },
    };
    return {
      row: n + 2,
      get: (column: string) => cells[column]!,
      written: (column: string) => cells[column]!,
      fail: (column: string, problem: string) => new Error(`${column} ${problem}`) as never,
    };
  });

/** Replaces all units and their statements by those of the history. */
export const load = async (em: EntityManager, history: UnitHistory): Promise<void> => {
  await empty(em, ["unit", "unit_version", "succession", "edition", "contribution", "source", "figure", "rollup_set"]);
  await loadUnits(em, { ...history, editions: countsOf(history) });
};
