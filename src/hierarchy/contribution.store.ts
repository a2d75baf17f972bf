import type { EntityManager } from "@mikro-orm/postgresql";
import { copyInto } from "../database/copy.ts";
import type { Day } from "../lib/time/date.ts";
import type { Lineage } from "./lineage.ts";
import { dayNumber, NEVER } from "./hierarchy-content.ts";

/** An edition and its days: from `startsOn` until the day before `next`, the start of the following edition. */
export interface EditionDays {
  readonly id: number;
  readonly startsOn: Day;
  readonly next: Day | null;
}

const COLUMNS = ["edition_id", "target_id", "unit_id", "certain", "nearest"];

/** Stores the contributions of the units (null means all) to the editions, in the order of the primary key, which PostgreSQL fills fastest. */
export const storeContributions = async (
  em: EntityManager,
  lineage: Lineage,
  editions: readonly EditionDays[],
  units: readonly number[] | null,
): Promise<void> => {
  let text = "";
  for (const { id, startsOn, next } of editions) {
    const span = { startsOn: dayNumber(startsOn), next: next === null ? NEVER : dayNumber(next) };
    for (const { target, unit, certain, nearest } of lineage.contributionsTo(span, units))
      text += `${id}\t${target}\t${unit}\t${certain ? "t" : "f"}\t${nearest ? "t" : "f"}\n`;
  }
  await copyInto(em, "contribution", COLUMNS, text);
};
