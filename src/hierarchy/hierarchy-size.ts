import { sql } from "kysely";
import type { Rows } from "../database/reader.ts";
import { Hierarchy, type HierarchyVersion } from "./hierarchy.ts";
import type { Tier, UnitKind } from "./unit.entity.ts";

/** Age after which the database is asked whether the hierarchy has changed. */
const FRESH_MS = 30_000;

/** The hierarchy of all days, at most half a minute old. */
export interface CurrentHierarchy {
  /** Returns the cached hierarchy, or null if it is too old. */
  known(): Hierarchy | null;
  /** Reads the hierarchy from the database; if the database fails, returns the cached one, which is good enough for sizes. */
  read(): Promise<Hierarchy>;
}

interface Known {
  readonly hierarchy: Hierarchy;
  readonly digest: string;
  readonly at: number;
}

/** The first call reads the hierarchy. Later calls compare digests by one statement and read it again only after a change. Concurrent callers share the statement. */
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
  readonly versions: string | null;
  readonly steps: string | null;
}

/** Two texts transfer ten times as fast as tens of thousands of rows. Codes and ids contain no control characters. */
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
