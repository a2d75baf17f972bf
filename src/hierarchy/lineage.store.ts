import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { rowsOf } from "../database/reader.ts";
import { Lineage } from "./lineage.ts";
import { type LineageSuccession, type LineageVersion, NEVER } from "./lineage-source.ts";
import type { SuccessionKind, Tier, UnitKind } from "./unit.entity.ts";

/** Two texts transfer faster than tens of thousands of rows. */
const LINEAGE_TEXT = sql<{ versions: string; successions: string }>`
  select
    (select coalesce(string_agg(concat_ws(' ', v.unit_id, coalesce(v.parent_id, 0), coalesce(v.tier, '-'), v.kind, v.valid_from, v.valid_to), E'\n'), '')
      from unit_version v) as versions,
    (select coalesce(string_agg(concat_ws(' ', s.predecessor_id, s.successor_id, s.kind, s.effective_on), E'\n'), '') from succession s) as successions`;

const linesOf = (text: string): string[][] => (text === "" ? [] : text.split("\n").map((line) => line.split(" ")));

/** The number of a date as PostgreSQL prints it, such as 2025-07-01. */
const dayOf = (text: string): number => Number(text.slice(0, 4)) * 10_000 + Number(text.slice(5, 7)) * 100 + Number(text.slice(8));

const versionOf = ([unitNo, parentNo, tier, kind, from, to]: readonly string[]): LineageVersion => ({
  unitNo: Number(unitNo),
  parentNo: Number(parentNo) || null,
  tier: tier === "-" ? null : (tier as Tier),
  kind: kind as UnitKind,
  from: dayOf(from!),
  to: to === undefined ? NEVER : dayOf(to),
});

const successionOf = ([predecessor, successor, kind, effectiveOn]: readonly string[]): LineageSuccession => ({
  predecessor: Number(predecessor),
  successor: Number(successor),
  kind: kind as SuccessionKind,
  effectiveOn: dayOf(effectiveOn!),
});

/** Reads what the transaction sees, with its own changes. */
export const readLineage = async (em: EntityManager): Promise<Lineage> => {
  const [row] = await rowsOf(em).rows(LINEAGE_TEXT);
  return new Lineage({ versions: linesOf(row!.versions).map(versionOf), successions: linesOf(row!.successions).map(successionOf) });
};
