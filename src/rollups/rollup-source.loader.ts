import { sql } from "kysely";
import { manyBy, type Positioned } from "../database/loader.ts";
import type { Source } from "../figures/figure.entity.ts";
import type { RollupKind } from "../figures/measure.ts";
import { ALL_TIERS } from "./rollup.entity.ts";
import { isRecorded, keyOf, recordKeyOf, type RollupOrigin, type SetRow, setsOf } from "./rollup-set.loader.ts";
import { readSets } from "./rollup-sets.ts";
import type { RollupKey } from "../counters/rollup-key.ts";
import { keyed, relation } from "../database/relation.ts";

export type SourceRow = Positioned & Pick<Source, "kind" | "title" | "publishedOn" | "state"> & { id: string };
export type SourcesOfRollup = RollupKey & { readonly kind: RollupKind };

/** Returns the sources of certain and possible values, in the order of their import. */
export const sourcesLoader = (source: RollupOrigin) =>
  manyBy<SourcesOfRollup, SourceRow>(
    (key) => `${key.kind.name}|${keyOf(key)}`,
    async (keys) => {
      const found = await readSets(source, keys, (asked) => setsOf(source, asked), readSources);
      return found.flatMap((rows, n) => rows.map((row) => ({ ...row, i: n + 1 })));
    },
  );

const readSources = async (source: RollupOrigin, found: readonly (SetRow | null)[], keys: readonly SourcesOfRollup[]) => {
  if (keys.length === 0) return [];
  const recorded = await recordSources(source, found, keys);
  const rows = await source.figures.rows(sourcesOf(keys, found, recorded));
  if (rows.some(({ gone }) => gone)) return null;
  const byKey = Map.groupBy(
    rows.filter(({ id }) => id !== null),
    ({ i }) => i,
  );
  return keys.map((_, n) => byKey.get(n + 1) ?? []);
};

const recordSources = async ({ records }: RollupOrigin, found: readonly (SetRow | null)[], keys: readonly SourcesOfRollup[]) => {
  const recorded = keys.map((_, n) => n).filter((n) => isRecorded(found[n]!) && records(keys[n]!.kind) !== null);
  const ofKinds = [...Map.groupBy(recorded, (n) => keys[n]!.kind)].map(async ([kind, places]) => {
    const sources = await records(kind)!.sources(places.map((n) => recordKeyOf(keys[n]!, found[n]!)));
    return places.flatMap((n, at) => sources[at]!.map((sourceId) => ({ i: n + 1, sourceId })));
  });
  return (await Promise.all(ofKinds)).flat();
};

/** Returns at least one row per key: `id` is null without sources, and `gone` is true if the set was deleted. */
const sourcesOf = (
  keys: readonly SourcesOfRollup[],
  found: readonly (SetRow | null)[],
  recorded: readonly { i: number; sourceId: number }[],
) => sql<SourceRow & { gone: boolean }>`
    select k.i::int, k.set_id is not null and t.id is null as gone, s.key as id, s.kind, s.title, s.published_on as "publishedOn", s.state
    from ${keyed("k", keys, {
      set_id: ["int", (_, n) => found[n]?.setId ?? null],
      edition_id: ["int", (_, n) => found[n]?.editionId ?? null],
      no: ["int", ({ unit }) => unit.no],
      kind: ["text", ({ kind }) => kind.name],
      slot: ["text", ({ handledBy }) => handledBy ?? ALL_TIERS],
    })}
    left join rollup_set t on t.id = k.set_id
    left join lateral (
      select distinct r.source_id from contribution c
      join rollup_source r on r.set_id = k.set_id and r.unit_id = c.unit_id and r.kind = k.kind and (k.slot = ${ALL_TIERS} or r.slot = k.slot)
      where c.edition_id = k.edition_id and c.target_id = k.no and (not r.own or r.unit_id = k.no)
      union
      select source_id from ${relation("r", recorded, {
        i: ["int", ({ i }) => i],
        source_id: ["int", ({ sourceId }) => sourceId],
      })} where r.i = k.i
    ) o on true
    left join source s on s.id = o.source_id order by k.i, s.id`;
