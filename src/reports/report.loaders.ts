import { type RawBuilder, sql } from "kysely";
import { instant } from "../database/instant-text.ts";
import type { RequestContext } from "../access/request-context.ts";
import { coveredBy, rowScope } from "../access/scope.ts";
import { type Grant, grantsFor } from "../access/viewer.ts";
import DataLoader from "dataloader";
import { manyBy, oneBy, type Positioned } from "../database/loader.ts";
import type { Rows } from "../database/reader.ts";
import type { SourceState } from "../figures/figure.entity.ts";
import { figureColumns, figuresBy, type StoredFigure } from "../figures/figure.loaders.ts";
import type { Page } from "../lib/page.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import { withVersion } from "../hierarchy/with-version.ts";
import { keyed } from "../database/relation.ts";

/** A report. */
export interface Report {
  /** Internal number; the public id is `id`. */
  readonly no: number;
  readonly id: string;
  readonly title: string;
  readonly unitNo: number;
  readonly publishedOn: string | null;
  readonly note: string | null;
  readonly state: SourceState;
  readonly reason: string | null;
  /** ISO 8601 with offset. */
  readonly submittedAt: string | null;
  readonly stateAt: string | null;
  readonly supersedesNo: number | null;
  /** Place in lists: the newest first, reports without a day last. */
  readonly rank: number;
}

export interface ReportListKey {
  /** The list has reports of this unit on its day, and of all that contributes certainly to it. */
  readonly unit: UnitView;
  /** The edition of its day. */
  readonly editionId: number;
  readonly states: readonly SourceState[] | null;
  readonly page: Page;
}

type ReportRow = Report & Positioned;
type ListRow = Positioned & { totalCount: number } & (Report | { no: null });

/** The columns of a Report, whose source is `s`. */
const reportColumns = sql`s.id as no, s.key as id, s.title, s.unit_id as "unitNo", s.published_on as "publishedOn", s.note, s.state, s.reason,
  ${instant(sql`s.submitted_at`)} as "submittedAt", ${instant(sql`s.state_at`)} as "stateAt", s.supersedes_id as "supersedesNo",
  coalesce('9999-12-31'::date - s.published_on, 9999999) as rank`;

/** The condition for reports that the viewer may see: published ones, and all of units that its grants cover. */
const visible = (grants: readonly Grant[]): RawBuilder<boolean> =>
  sql`s.kind = 'REPORT' and (s.state = 'PUBLISHED' or ${coveredBy(grants, sql`s.unit_id`)})`;

const figuresOfReports = (numbers: readonly number[], seen: RawBuilder<boolean>) =>
  withVersion(sql`k as materialized (select * from unnest(${numbers}::int[]) with ordinality k(no, i))`, {
    figures: sql<StoredFigure>`
      select k.i, ${figureColumns} from k join source s on s.id = k.no and ${seen} join figure f on f.source_id = s.id order by k.i, f.position`,
  });

export const reportLoaders = ({ session, viewer, hierarchy }: Pick<RequestContext, "session" | "viewer" | "hierarchy">) => {
  const grants = grantsFor(viewer, "VIEWER");
  const { rows }: Rows = grants.length === 0 ? { rows: (query) => session.rows(query) } : session.scoped(rowScope(viewer));
  const seen = visible(grants);
  return {
    reportById: oneBy<string, ReportRow>(
      (id) => id,
      (ids) =>
        rows(sql<ReportRow>`
          select k.i::int, ${reportColumns} from unnest(${ids}::text[]) with ordinality k(key, i) join source s on s.key = k.key and ${seen}`),
    ),

    /** The reports that correct each one. */
    supersededBy: manyBy<number, ReportRow>(String, (numbers) =>
      rows(sql<ReportRow>`
        select k.i::int, ${reportColumns} from unnest(${numbers}::int[]) with ordinality k(no, i)
        join source s on s.supersedes_id = k.no and ${seen} order by k.i, s.id`),
    ),

    reportByNo: oneBy<number, ReportRow>(String, (numbers) =>
      rows(sql<ReportRow>`
        select k.i::int, ${reportColumns} from unnest(${numbers}::int[]) with ordinality k(no, i) join source s on s.id = k.no and ${seen}`),
    ),

    figuresOfReport: figuresBy<number>(hierarchy, String, (numbers) => rows(figuresOfReports(numbers, seen))),

    reportList: new DataLoader<ReportListKey, { rows: Report[]; totalCount: number }, string>(
      async (keys) => {
        const lists = keys.map((): { rows: Report[]; totalCount: number } => ({ rows: [], totalCount: 0 }));
        for (const row of await rows(reportLists(keys, seen))) {
          const list = lists[row.i - 1]!;
          list.totalCount = row.totalCount;
          if (row.no !== null) list.rows.push(row);
        }
        return lists;
      },
      { cacheKeyFn: ({ unit, states, page }) => JSON.stringify([unit.no, unit.asOf, states, page]) },
    ),
  };
};

const reportLists = (keys: readonly ReportListKey[], seen: RawBuilder<boolean>) => sql<ListRow>`
  with k as materialized (
    select * from ${keyed("k", keys, {
      no: ["int", ({ unit }) => unit.no],
      edition_id: ["int", ({ editionId }) => editionId],
      states: ["text", ({ states }) => states && `{${states.join()}}`],
      first: ["int", ({ page }) => page.first],
      after_rank: ["int", ({ page }) => page.after?.rank ?? null],
      after_text: ["text", ({ page }) => page.after?.text ?? null],
    })}
  ),
  listed as materialized (
    select k.i, k.first, k.after_rank, k.after_text, ${reportColumns} from k
    join contribution c on c.edition_id = k.edition_id and c.target_id = k.no and c.certain
    join source s on s.unit_id = c.unit_id and ${seen} and (k.states is null or s.state = any(k.states::text[]))
  ),
  paged as (
    select *, row_number() over (partition by i order by rank, id collate "C") as position from listed
    where after_rank is null or (rank, id collate "C") > (after_rank, after_text)
  )
  select k.i::int, coalesce(t.total, 0)::int as "totalCount", p.no, p.id, p.title, p."unitNo", p."publishedOn", p.note, p.state, p.reason, p."submittedAt",
    p."stateAt", p."supersedesNo", p.rank
  from k left join (select i, count(*) as total from listed group by 1) t on t.i = k.i left join paged p on p.i = k.i and p.position <= k.first + 1
  order by k.i, p.position`;
