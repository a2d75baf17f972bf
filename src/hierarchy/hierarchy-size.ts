import { sql } from "kysely";
import type { Rows } from "../database/reader.ts";
import { Hierarchy, type HierarchyVersion } from "./hierarchy.ts";
import type { Tier, UnitKind } from "./unit.entity.ts";

/** How long a hierarchy is taken for the present one before the database is asked whether it still is. */
const FRESH_MS = 30_000;

/** The hierarchy of all days as it was at most half a minute ago. */
export interface CurrentHierarchy {
  /** What is known; null where the database has to be asked first. */
  known(): Hierarchy | null;
  /** Asks the database. Where it does not answer, what was known before is still good enough for sizes. */
  read(): Promise<Hierarchy>;
}

interface Known {
  readonly hierarchy: Hierarchy;
  readonly digest: string;
  readonly at: number;
}

/**
 * Reads the hierarchy when it is first asked for. Later on one statement compares digests, and sends the hierarchy again only where
 * it has changed. Those who ask meanwhile share the statement.
 */
export const currentHierarchy = (reader: () => Rows, clock: () => Date): CurrentHierarchy => {
  let last: Known | null = null;
  let reading: Promise<Known> | null = null;
  const read = async (): Promise<Known> => {
    const at = clock().getTime();
    const [row] = await reader().rows(hierarchyText(last?.digest ?? null));
    const { digest, versions, steps } = row!;
    last = { hierarchy: versions === null ? last!.hierarchy : hierarchyOf(versions, steps ?? ""), digest, at };
    return last;
  };
  return {
    known: () => (last && Math.abs(clock().getTime() - last.at) < FRESH_MS ? last.hierarchy : null),
    read: async () => {
      reading ??= read().finally(() => (reading = null));
      const { hierarchy } = await reading.catch((error: unknown) => {
        if (last) return last;
        throw error;
      });
      return hierarchy;
    },
  };
};

interface Row {
  readonly digest: string;
  /** Null where the digest is the one that was known. */
  readonly versions: string | null;
  readonly steps: string | null;
}

/** As two texts, for tens of thousands of rows take the driver ten times as long. Neither codes nor ids hold a control character. */
const hierarchyText = (known: string | null) => sql<Row>`
  with digested as materialized (
    select concat_ws(' ', (select sum(hash_record_extended(u, 0)) from unit u), (select sum(hash_record_extended(v, 0)) from unit_version v),
      (select sum(hash_record_extended(s, 0)) from succession s)) as digest
  )
  select digest,
    case when digest is distinct from ${known}::text then coalesce((
      select string_agg(concat_ws(E'\t', v.unit_id, u.key, v.code, coalesce(v.parent_id, 0), coalesce(v.tier, ''), v.kind,
        to_char(v.valid_from, 'YYYYMMDD'), coalesce(to_char(v.valid_to, 'YYYYMMDD'), '99999999')), E'\n'
        order by v.code collate "C", v.unit_id, v.valid_from)
      from unit_version v join unit u on u.id = v.unit_id), '') end as versions,
    case when digest is distinct from ${known}::text then (
      select string_agg(concat_ws(E'\t', predecessor_id, successor_id, to_char(effective_on, 'YYYYMMDD')), E'\n') from succession) end as steps
  from digested`;

const linesOf = (text: string): string[][] => (text === "" ? [] : text.split("\n").map((line) => line.split("\t")));

const hierarchyOf = (versions: string, steps: string): Hierarchy =>
  new Hierarchy(
    linesOf(versions).map(([unitNo, id, code, parentNo, tier, kind, from, to]): HierarchyVersion => ({
      ...{ unitNo: Number(unitNo), id: id!, code: code!, parentNo: Number(parentNo) || null },
      ...{ tier: (tier || null) as Tier | null, kind: kind as UnitKind, from: Number(from), to: Number(to) },
    })),
    linesOf(steps).map(([predecessor, successor, effectiveOn]) => ({
      ...{ predecessor: Number(predecessor), successor: Number(successor), effectiveOn: Number(effectiveOn) },
    })),
  );
