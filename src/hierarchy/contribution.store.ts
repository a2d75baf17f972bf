import type { EntityManager } from "@mikro-orm/postgresql";
import { copyInto } from "../database/copy.ts";
import type { Hierarchy } from "./hierarchy.ts";
import { lineageOf } from "./lineage.ts";

const COLUMNS = ["edition_id", "target_id", "unit_id", "certain", "nearest"];

/** Stores the contributions of the units (null means all) to the editions, in the order of the primary key, which PostgreSQL fills fastest. */
export const storeContributions = async (
  em: EntityManager,
  hierarchy: Hierarchy,
  editionIds: readonly number[],
  units: readonly number[] | null,
): Promise<void> => {
  const lineage = lineageOf(hierarchy);
  const editions = hierarchy.editions.filter(({ id }) => editionIds.includes(id)).toSorted((a, b) => a.id - b.id);
  let text = "";
  for (const edition of editions)
    for (const { target, unit, certain, nearest } of lineage.contributionsTo(edition, units))
      text += `${edition.id}\t${target}\t${unit}\t${certain ? "t" : "f"}\t${nearest ? "t" : "f"}\n`;
  await copyInto(em, "contribution", COLUMNS, text);
};
