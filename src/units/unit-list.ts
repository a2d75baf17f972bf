import DataLoader from "dataloader";
import { sql } from "kysely";
import type { RequestContext } from "../access/request-context.ts";
import type { Positioned } from "../database/loader.ts";
import { MAX_RANK, type Page } from "../lib/page.ts";
import type { Day } from "../lib/time/date.ts";
import type { Tier, UnitKind } from "../hierarchy/unit.entity.ts";
import { arrayText, FALLBACK_RANKS, foundUnits, rankOfFound } from "../hierarchy/unit-search.store.ts";
import { validOn } from "../hierarchy/sql.ts";
import { seenBy, unitColumns, unitLoaders } from "../hierarchy/unit.loaders.ts";
import type { EvidenceKind, UnitView } from "../hierarchy/unit-view.ts";
import { keyed } from "../database/relation.ts";

export interface UnitListKey {
  readonly asOf: Day;
  readonly within: number | null;
  readonly codes: readonly string[] | null;
  readonly tier: Tier | null;
  readonly kinds: readonly UnitKind[] | null;
  readonly search: string | null;
  /** Includes agencies unless kinds are given. */
  readonly agencies: boolean;
  readonly page: Page;
}

/** With the former name by which a search found the unit. */
export type ListedUnit = UnitView & { rank: number; matchedName: string | null };
export interface UnitList {
  /** One row more than the page's `first`. */
  readonly rows: ListedUnit[];
  readonly totalCount: number;
}

type Row = Positioned & { totalCount: number } & (ListedUnit | { no: null });

export const unitListLoaders = (context: RequestContext, evidence: EvidenceKind) => ({
  ...context.use(unitLoaders, evidence),

  unitList: new DataLoader<UnitListKey, UnitList, string>(
    async (keys) => {
      const lists = keys.map((): { rows: ListedUnit[]; totalCount: number } => ({ rows: [], totalCount: 0 }));
      for (const row of await context.session.rows(unitLists(keys))) {
        const list = lists[row.i - 1]!;
        list.totalCount = row.totalCount;
        if (row.no !== null) list.rows.push(...seenBy(evidence, [row]));
      }
      return lists;
    },
    { cacheKeyFn: (key) => JSON.stringify(key) },
  ),
});

const keysOf = (keys: readonly UnitListKey[]) => sql`
  select day, within, codes::text[] as codes, tier, kinds::text[] as kinds, is_searched, agencies, first, after_rank, after_text, i
  from ${keyed("k", keys, {
    day: ["date", (key) => key.asOf],
    within: ["int", (key) => key.within],
    codes: ["text", (key) => arrayText(key.codes)],
    tier: ["text", (key) => key.tier],
    kinds: ["text", (key) => arrayText(key.kinds)],
    is_searched: ["boolean", (key) => key.search !== null],
    agencies: ["boolean", (key) => key.agencies],
    first: ["int", (key) => key.page.first],
    after_rank: ["int", (key) => key.page.after?.rank ?? null],
    after_text: ["text", (key) => key.page.after?.text ?? null],
  })}`;

/** Relation `matched`: the best matches only; weaker ones only if there is nothing better. */
const MATCHED = sql`
  best as (select i, min(found_rank) as rank from accepted group by i),
  matched as materialized (
    select m.* from accepted m join best b on b.i = m.i
    where m.found_rank is null or m.found_rank < (select min(f) from unnest(${[...FALLBACK_RANKS, MAX_RANK]}::int[]) f where f > b.rank)
  )`;

/** Conditions of a filter on a version `v` of a unit, by the key `k` of its list. */
const IS_ASKED = sql`(k.codes is null or v.code = any(k.codes)) and (k.tier is null or v.tier = k.tier)
  and case when k.kinds is null then k.agencies or v.tier is not null else v.kind = any(k.kinds) end`;

const unitLists = (keys: readonly UnitListKey[]) => sql<Row>`
  with recursive k as materialized (
    ${keysOf(keys)}
  ),
  below as (
    select k.i, v.unit_id from k join unit_version v on v.parent_id = k.within and ${validOn(sql`k.day`)}
    union all
    select b.i, v.unit_id from below b join k on k.i = b.i join unit_version v on v.parent_id = b.unit_id and ${validOn(sql`k.day`)}
  ),
  placed as materialized (
    select b.i, b.unit_id, v.valid_from from below b join k on k.i = b.i join unit_version v on v.unit_id = b.unit_id and ${validOn(sql`k.day`)}
    union all
    select k.i, v.unit_id, v.valid_from from k join unit_version v on k.within is null and ${validOn(sql`k.day`)}
  ),
  ${foundUnits(
    keys.map((key) => key.search),
    validOn,
  )},
  accepted as materialized (
    select found.i, v.unit_id, v.valid_from, v.code, coalesce(array_position(k.codes, v.code), ${rankOfFound}, 0) as rank, ${rankOfFound} as found_rank,
      nullif(found.name, v.full_name) as "matchedName"
    from (
      select f.* from found f
      union all
      select p.i, p.unit_id, p.valid_from, null, null, null from placed p join k on k.i = p.i and not k.is_searched
    ) found join k on k.i = found.i join unit_version v on v.unit_id = found.unit_id and v.valid_from = found.valid_from
    where ${IS_ASKED}
  ),
  ${MATCHED},
  total as (select i, count(*)::int as total from matched group by i),
  listed as (
    select m.i, m.unit_id, m.valid_from, m.rank, m."matchedName", row_number() over (partition by m.i order by m.rank, m.code collate "C") as position, k.first
    from matched m join k on k.i = m.i
    where k.after_rank is null or (m.rank, m.code collate "C") > (k.after_rank, k.after_text)
  )
  select k.i::int, coalesce(t.total, 0) as "totalCount", l.rank, l."matchedName", ${unitColumns(sql`k.day`)}
  from k left join total t on t.i = k.i left join listed l on l.i = k.i and l.position <= l.first + 1
  left join unit_version v on v.unit_id = l.unit_id and v.valid_from = l.valid_from left join unit u on u.id = v.unit_id
  order by k.i, l.position`;
