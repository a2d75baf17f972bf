import DataLoader from "dataloader";
import { type RawBuilder, sql } from "kysely";
import type { RequestContext } from "../access/request-context.ts";
import type { Positioned } from "../database/loader.ts";
import { keyed } from "../database/relation.ts";
import { evidenceOf, figureRows } from "../figures/evidence.ts";
import { figureLoaders, type SourceView, sourceColumn } from "../figures/figure.loaders.ts";
import { dayNumber, dayOfNumber, NEVER } from "../hierarchy/hierarchy-content.ts";
import type { Hierarchy } from "../hierarchy/hierarchy.ts";
import { seeVersion, withVersion } from "../hierarchy/with-version.ts";
import type { EvidenceKind } from "../hierarchy/unit-view.ts";
import type { Day } from "../lib/time/date.ts";
import {
  memberScores,
  publicationRows,
  type PublishedBy,
  publishedBy,
  type PublishedRanking,
  type MemberScore,
  rankingsByKey,
  scoreColumns,
} from "./publications/publication.loaders.ts";
import type { IndexKind } from "./vocabulary.ts";

/** One reported figure of an assessment. */
export interface AssessmentFigure {
  readonly unitNo: number;
  readonly measure: string;
  /** The last day of the assessed year. */
  readonly to: Day;
  readonly value: number;
  readonly qualifiers: Readonly<Record<string, string>>;
  readonly source: SourceView;
  /** Public id of the unit that publishes the ranking: the parent of the ranked units. */
  readonly publisher: string;
}

export interface ResultsOf {
  readonly no: number;
  readonly index: IndexKind | null;
  readonly year: number | null;
}

/** The results of a unit: of reports, and by the latest publications. */
export interface UnitResults {
  readonly figures: readonly AssessmentFigure[];
  readonly published: readonly (PublishedBy & { readonly score: MemberScore })[];
}

export interface RankingsOf {
  readonly no: number;
  readonly index: IndexKind;
  readonly year: number;
}

/** The rankings below a unit: of reports, by counts by class and results of the members, and the latest publications by block. */
export interface UnitRankings {
  readonly figures: readonly AssessmentFigure[];
  readonly published: readonly PublishedRanking[];
}

type FigureRow = Positioned & Omit<AssessmentFigure, "publisher">;
type Counting = RawBuilder<boolean>;

const keyOf = ({ no, index, year }: ResultsOf) => `${no}|${index ?? ""}|${year ?? ""}`;
const asked = (keys: readonly ResultsOf[]) => sql`
  k as materialized (select * from ${keyed("k", keys, {
    no: ["int", ({ no }) => no],
    index_kind: ["text", ({ index }) => index],
    year: ["int", ({ year }) => year],
  })})`;
const wanted = sql`(k.index_kind is null or f.qualifiers ->> 'index' = k.index_kind) and (k.year is null or extract(year from f.period_to) = k.year)`;

const figureColumns = sql`f.unit_id as "unitNo", f.measure, f.period_to as "to", f.value, f.qualifiers, ${sourceColumn} as source`;

/** Results by year, then in the order of the sources, and published ones by year. */
const resultsOfUnits = (keys: readonly ResultsOf[], counting: Counting) =>
  withVersion(
    sql`${asked(keys)},
    scored as materialized (
      select k.i, p.year, s.* from k join published_score s on s.unit_id = k.no
      join ranking_publication p on p.id = s.publication_id and p.superseded_at is null
        and (k.index_kind is null or p.index_kind = k.index_kind) and (k.year is null or p.year = k.year)
    ),
    published as materialized (select 0 as i, p.* from ranking_publication p where p.id in (select publication_id from scored))`,
    {
      figures: sql<FigureRow>`
        select k.i, ${figureColumns} from k join figure f on f.unit_id = k.no and f.measure in ('assessment.score', 'assessment.rank') and ${wanted}
        join source s on s.id = f.source_id and ${counting} order by k.i, extract(year from f.period_to), s.id, f.position`,
      scores: sql<Positioned & MemberScore>`select s.i, ${scoreColumns} from scored s order by s.i, s.year, s.publication_id`,
      publications: publicationRows,
    },
  );

/** Days on which a unit was directly below that of the key. */
interface MemberSpan {
  readonly i: number;
  readonly no: number;
  readonly from: Day;
  /** The first day after them; null for none. */
  readonly to: Day | null;
}

const memberSpans = (hierarchy: Hierarchy, keys: readonly RankingsOf[]): MemberSpan[] =>
  keys.flatMap(({ no, year }, n) => {
    const ofYear = hierarchy.everUnder(no).filter(({ from, to }) => from < (year + 1) * 10_000 && to > year * 10_000);
    return ofYear.map(({ unitNo, from, to }) => ({
      ...{ i: n + 1, no: unitNo, from: dayOfNumber(from), to: to === NEVER ? null : dayOfNumber(to) },
    }));
  });

/** In the order of the sources, and published ones by block. */
const rankingsOfUnits = (keys: readonly RankingsOf[], members: readonly MemberSpan[], counting: Counting) =>
  withVersion(
    sql`${asked(keys)},
    member as materialized (select * from ${keyed(
      "m",
      members,
      { i: ["int", ({ i }) => i], no: ["int", ({ no }) => no], since: ["date", ({ from }) => from], until: ["date", ({ to }) => to] },
      "n",
    )}),
    stated as (
      select k.i, f.* from k join figure f on f.unit_id = k.no and f.measure = 'ranking.count' and ${wanted}
      union all
      select k.i, f.* from k join member m on m.i = k.i join figure f on f.unit_id = m.no and f.measure in ('assessment.score', 'assessment.rank')
        and ${wanted} and m.since <= f.period_to and (m.until is null or m.until > f.period_to)
    ),
    published as materialized (
      select k.i, p.* from k join ranking_publication p
        on p.organiser_id = k.no and p.index_kind = k.index_kind and p.year = k.year and p.superseded_at is null
    )`,
    {
      figures: sql<FigureRow>`
        select f.i, ${figureColumns} from stated f join source s on s.id = f.source_id and ${counting} order by f.i, s.id, f.position`,
      publications: publicationRows,
      scores: memberScores,
    },
  );

/** The unit above on the last day of the year; the unit itself if there is none. */
const publisherOf = (hierarchy: Hierarchy, { unitNo, to }: FigureRow): string => {
  const parentNo = hierarchy.versionOn(unitNo, dayNumber(to))?.parentNo ?? unitNo;
  return hierarchy.versionsOf(parentNo)[0]!.id;
};

export const assessmentLoaders = (context: RequestContext, kind: EvidenceKind) => {
  const { session, hierarchy } = context;
  const evidence = context.use(evidenceOf, kind);
  return {
    ...context.use(figureLoaders, kind),

    resultsOf: new DataLoader<ResultsOf, UnitResults, string>(
      async (keys) => {
        const { figures, scores, publications } = await seeVersion(hierarchy, () =>
          figureRows(session, evidence, (counting) => resultsOfUnits(keys, counting)),
        );
        const units = await hierarchy.load();
        const figuresOf = Map.groupBy(figures, ({ i }) => i);
        const scoresOf = Map.groupBy(scores, ({ i }) => i);
        const published = new Map(publications.map((row) => [row.publication.no, publishedBy(row)]));
        return keys.map((_, n) => ({
          figures: (figuresOf.get(n + 1) ?? []).map((figure) => ({ ...figure, publisher: publisherOf(units, figure) })),
          published: (scoresOf.get(n + 1) ?? []).map((score) => ({ ...published.get(score.publicationNo)!, score })),
        }));
      },
      { cacheKeyFn: keyOf },
    ),

    rankingsOf: new DataLoader<RankingsOf, UnitRankings, string>(
      async (keys) => {
        const units = await hierarchy.load();
        const { figures, publications, scores } = await seeVersion(hierarchy, () =>
          figureRows(session, evidence, (counting) => rankingsOfUnits(keys, memberSpans(units, keys), counting)),
        );
        const figuresOf = Map.groupBy(figures, ({ i }) => i);
        const published = rankingsByKey(publications, scores);
        return keys.map(({ no }, n) => ({
          figures: (figuresOf.get(n + 1) ?? []).map((figure) => ({ ...figure, publisher: units.versionsOf(no)[0]!.id })),
          published: published.get(n + 1) ?? [],
        }));
      },
      { cacheKeyFn: keyOf },
    ),
  };
};
