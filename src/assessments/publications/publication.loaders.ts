import { type RawBuilder, sql } from "kysely";
import type { RequestContext } from "../../access/request-context.ts";
import { manyBy, oneBy, type Positioned } from "../../database/loader.ts";
import { keyed } from "../../database/relation.ts";
import type { SourceView } from "../../figures/figure.loaders.ts";
import { validOn } from "../../hierarchy/sql.ts";
import { seenBy, unitColumns } from "../../hierarchy/unit.loaders.ts";
import type { EvidenceKind, UnitView } from "../../hierarchy/unit-view.ts";
import type { Day } from "../../lib/time/date.ts";
import type { Hundredths } from "../scoring/points.ts";
import type { IndexKind } from "../vocabulary.ts";

/** One version of the published results of a cycle. */
export interface Publication {
  readonly no: number;
  readonly cycleNo: number;
  readonly rubricNo: number;
  readonly index: IndexKind;
  readonly blockCode: string;
  readonly year: number;
  readonly version: number;
  /** Null for the first version. */
  readonly reason: string | null;
  readonly ranked: number;
  readonly source: SourceView;
}

/** The published result of one member, of a unit as of `asOf`, or of the last day of the year if the unit did not exist then. */
export interface PublishedScoreRow extends Positioned, UnitView {
  readonly publicationNo: number;
  readonly scaled: Hundredths | null;
  readonly rank: number | null;
  readonly classification: string | null;
  readonly classReason: string | null;
}

export interface ScoresOf {
  readonly publicationNo: number;
  readonly day: Day;
}

export interface PublicationsOf {
  readonly organiserNo: number;
  readonly index: IndexKind;
  readonly year: number;
}

export interface ScoresOfUnit {
  readonly no: number;
  readonly asOf: Day;
  readonly index: IndexKind | null;
  readonly year: number | null;
}

const publicationColumns = sql`p.id as no, p.cycle_id as "cycleNo", p.rubric_id as "rubricNo", p.index_kind as index, p.block_code as "blockCode", p.year, p.version, p.reason,
  p.ranked, json_build_object('id', p.key, 'kind', 'ASSESSMENT', 'title', p.title, 'publishedOn', p.published_on,
    'state', case when p.superseded_at is null then 'PUBLISHED' else 'SUPERSEDED' end) as source`;

const scoreColumns = (day: RawBuilder<unknown>) =>
  sql`${unitColumns(day)}, s.publication_id as "publicationNo", s.scaled, s.rank, s.classification, s.class_reason as "classReason"`;

type Found = Publication & Positioned;

export const publicationLoaders = ({ session }: Pick<RequestContext, "session">) => {
  const rows = <R>(query: RawBuilder<R>): Promise<R[]> => session.rows(query);
  return {
    publicationByNo: oneBy<number, Found>(String, (numbers) =>
      rows(sql<Found>`
        select k.i::int, ${publicationColumns} from unnest(${numbers}::int[]) with ordinality k(no, i) join ranking_publication p on p.id = k.no`),
    ),

    /** All versions, the latest first. */
    publicationsOfCycle: manyBy<number, Found>(String, (numbers) =>
      rows(sql<Found>`
        select k.i::int, ${publicationColumns} from unnest(${numbers}::int[]) with ordinality k(no, i)
        join ranking_publication p on p.cycle_id = k.no order by k.i, p.version desc`),
    ),

    /** The latest version of each block. */
    publicationsOf: manyBy<PublicationsOf, Found>(
      ({ organiserNo, index, year }) => `${organiserNo}|${index}|${year}`,
      (keys) =>
        rows(sql<Found>`
          select k.i::int, ${publicationColumns} from ${keyed("k", keys, {
            organiser: ["int", ({ organiserNo }) => organiserNo],
            index_kind: ["text", ({ index }) => index],
            year: ["int", ({ year }) => year],
          })} join ranking_publication p on p.organiser_id = k.organiser and p.index_kind = k.index_kind and p.year = k.year and p.superseded_at is null
          order by k.i, p.id`),
    ),
  };
};

export const publishedScoreLoaders = ({ session }: Pick<RequestContext, "session">, kind: EvidenceKind) => {
  const rows = async (query: RawBuilder<PublishedScoreRow>): Promise<PublishedScoreRow[]> => seenBy(kind, await session.rows(query));
  return {
    /** The results of all members, best first. */
    scoresOf: manyBy<ScoresOf, PublishedScoreRow>(
      ({ publicationNo, day }) => `${publicationNo}@${day}`,
      (keys) =>
        rows(sql<PublishedScoreRow>`
            select k.i::int, ${scoreColumns(sql`seen.day`)} from ${keyed("k", keys, {
              no: ["int", ({ publicationNo }) => publicationNo],
              day: ["date", ({ day }) => day],
            })}
            join published_score s on s.publication_id = k.no join ranking_publication p on p.id = k.no join unit u on u.id = s.unit_id
            join lateral (
              select d.day from unnest(array[k.day, make_date(p.year, 12, 31), u.ended_on - 1]) with ordinality d(day, n)
              where exists (select from unit_version v where v.unit_id = s.unit_id and ${validOn(sql`d.day`)}) order by d.n limit 1
            ) seen on true
            join unit_version v on v.unit_id = s.unit_id and ${validOn(sql`seen.day`)}
            order by k.i, s.rank nulls last, s.scaled desc nulls last, v.code`),
    ),

    /** The unit's own results by the latest versions, by year. */
    scoresOfUnit: manyBy<ScoresOfUnit, PublishedScoreRow>(
      ({ no, asOf, index, year }) => `${no}@${asOf}|${index ?? ""}|${year ?? ""}`,
      (keys) =>
        rows(sql<PublishedScoreRow>`
            select k.i::int, ${scoreColumns(sql`k.day`)} from ${keyed("k", keys, {
              no: ["int", ({ no }) => no],
              day: ["date", ({ asOf }) => asOf],
              index_kind: ["text", ({ index }) => index],
              year: ["int", ({ year }) => year],
            })}
            join published_score s on s.unit_id = k.no
            join ranking_publication p on p.id = s.publication_id and p.superseded_at is null
              and (k.index_kind is null or p.index_kind = k.index_kind) and (k.year is null or p.year = k.year)
            join unit_version v on v.unit_id = k.no and ${validOn(sql`k.day`)} join unit u on u.id = v.unit_id
            order by k.i, p.year, p.id`),
    ),
  };
};
