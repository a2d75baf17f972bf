import DataLoader from "dataloader";
import { sql } from "kysely";
import type { Positioned } from "../db/loader.ts";
import type { Reader } from "../db/reader.ts";
import type { Page } from "../page.ts";
import type { Day } from "../time/date.ts";
import { foldName } from "./fold.ts";
import type { Tier, UnitKind } from "./unit.entity.ts";
import { type EvidenceKind, seenBy, unitColumns, type UnitView, validOn } from "./unit.loaders.ts";

/** Which units of one day's hierarchy a list holds; null leaves a condition out. */
export interface UnitListKey {
  readonly asOf: Day;
  /** Below this unit, at any depth. */
  readonly within: number | null;
  readonly codes: readonly string[] | null;
  readonly tier: Tier | null;
  readonly kinds: readonly UnitKind[] | null;
  readonly search: string | null;
  /** Agencies too, where no kinds are named. */
  readonly agencies: boolean;
  readonly page: Page;
}

export type ListedUnit = UnitView & { rank: number };
export interface UnitList {
  /** One more than the page's `first`, where there is one. */
  readonly rows: ListedUnit[];
  readonly totalCount: number;
}

type Row = Positioned & { totalCount: number } & (ListedUnit | { no: null });

/** Many lists by one statement. */
export const unitListLoader = (reader: Reader, evidence: EvidenceKind) =>
  new DataLoader<UnitListKey, UnitList, string>(
    async (keys) => {
      const lists = keys.map((): { rows: ListedUnit[]; totalCount: number } => ({ rows: [], totalCount: 0 }));
      for (const row of await reader.rows(unitLists(keys))) {
        const list = lists[row.i - 1]!;
        list.totalCount = row.totalCount;
        if (row.no !== null) list.rows.push(...seenBy(evidence, [row]));
      }
      return lists;
    },
    { cacheKeyFn: (key) => JSON.stringify(key) },
  );

/** Text of a PostgreSQL array, which is how a list of lists is sent. */
const arrayText = (values: readonly string[] | null) =>
  values && `{${values.map((value) => `"${value.replace(/["\\]/g, "\\$&")}"`).join()}}`;
const wordsOf = (search: string | null) => search && arrayText(foldName(search).trim().split(" "));

const unitLists = (keys: readonly UnitListKey[]) => sql<Row>`
  with recursive k as materialized (
    select day, within, codes::text[] as codes, tier, kinds::text[] as kinds, words::text[] as words, phrase, agencies, first, after_rank, after_text, i
    from unnest(${keys.map((key) => key.asOf)}::date[], ${keys.map((key) => key.within)}::int[],
      ${keys.map((key) => arrayText(key.codes))}::text[], ${keys.map((key) => key.tier)}::text[], ${keys.map((key) => arrayText(key.kinds))}::text[],
      ${keys.map((key) => wordsOf(key.search))}::text[], ${keys.map((key) => key.search && foldName(key.search))}::text[],
      ${keys.map((key) => key.agencies)}::boolean[], ${keys.map((key) => key.page.first)}::int[],
      ${keys.map((key) => key.page.after?.rank ?? null)}::int[], ${keys.map((key) => key.page.after?.text ?? null)}::text[])
      with ordinality k(day, within, codes, tier, kinds, words, phrase, agencies, first, after_rank, after_text, i)
  ),
  below as (
    select k.i, v.unit_id from k join unit_version v on v.parent_id = k.within and ${validOn(sql`k.day`)}
    union all
    select b.i, v.unit_id from below b join k on k.i = b.i join unit_version v on v.parent_id = b.unit_id and ${validOn(sql`k.day`)}
  ),
  placed as (
    select b.i, b.unit_id, v.valid_from from below b join k on k.i = b.i join unit_version v on v.unit_id = b.unit_id and ${validOn(sql`k.day`)}
    union all
    select k.i, v.unit_id, v.valid_from from k join unit_version v on k.within is null and ${validOn(sql`k.day`)}
  ),
  matched as materialized (
    select p.i, v.unit_id, v.valid_from, v.code, coalesce(array_position(k.codes, v.code), found.rank, 0) as rank
    from placed p join k on k.i = p.i join unit_version v on v.unit_id = p.unit_id and v.valid_from = p.valid_from
    left join lateral (
      select min(case when n.own_until is null or n.own_until > k.day then 0 else 1 end) as rank from unit_name n
      where k.words is not null and n.unit_id = v.unit_id and n.known_from <= k.day
        and (n.full_words || ' ' like '%' || k.phrase || '%'
          or not exists (select from unnest(k.words) w(word) where n.words not like '% ' || word || '%'))
    ) found on true
    where (k.words is null or found.rank is not null) and (k.codes is null or v.code = any(k.codes)) and (k.tier is null or v.tier = k.tier)
      and case when k.kinds is null then k.agencies or v.tier is not null else v.kind = any(k.kinds) end
  ),
  total as (select i, count(*)::int as total from matched group by i),
  listed as (
    select m.i, m.unit_id, m.valid_from, m.rank, row_number() over (partition by m.i order by m.rank, m.code collate "C") as position, k.first
    from matched m join k on k.i = m.i
    where k.after_rank is null or (m.rank, m.code collate "C") > (k.after_rank, k.after_text)
  )
  select k.i::int, coalesce(t.total, 0) as "totalCount", l.rank, ${unitColumns(sql`k.day`)}
  from k left join total t on t.i = k.i left join listed l on l.i = k.i and l.position <= l.first + 1
  left join unit_version v on v.unit_id = l.unit_id and v.valid_from = l.valid_from left join unit u on u.id = v.unit_id
  order by k.i, l.position`;
