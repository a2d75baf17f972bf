import DataLoader from "dataloader";
import { sql } from "kysely";
import type { RequestContext } from "../../access/request-context.ts";
import type { Positioned } from "../../database/loader.ts";
import { keyed } from "../../database/relation.ts";
import type { SourceView } from "../../figures/figure.loaders.ts";
import { seeVersion, withVersion } from "../../hierarchy/with-version.ts";
import { rubricColumns, rubricOfRow, type RubricRow, type RubricView } from "../rubrics/rubric.loaders.ts";
import type { Hundredths } from "../scoring/points.ts";
import type { IndexKind } from "../vocabulary.ts";

/** One version of the published results of a cycle. */
export interface Publication {
  readonly no: number;
  readonly cycleNo: number;
  readonly index: IndexKind;
  readonly blockCode: string;
  readonly year: number;
  readonly version: number;
  /** Null for the first version. */
  readonly reason: string | null;
  readonly ranked: number;
  readonly source: SourceView;
}

/** The published result of one member. */
export interface MemberScore {
  readonly publicationNo: number;
  readonly unitNo: number;
  readonly scaled: Hundredths | null;
  readonly rank: number | null;
  readonly classification: string | null;
  readonly classReason: string | null;
}

/** A publication with its rubric, which is public as it is. */
export interface PublishedBy {
  readonly publication: Publication;
  readonly rubric: RubricView;
}

/** With the results of all members. */
export interface PublishedRanking extends PublishedBy {
  readonly scores: readonly MemberScore[];
}

export interface PublicationRow extends Positioned {
  readonly publication: Publication;
  readonly rubric: RubricRow;
}

const publicationColumns = sql`p.id as no, p.cycle_id as "cycleNo", p.index_kind as index, p.block_code as "blockCode", p.year, p.version, p.reason,
  p.ranked, json_build_object('id', p.key, 'kind', 'ASSESSMENT', 'title', p.title, 'publishedOn', p.published_on,
    'state', case when p.superseded_at is null then 'PUBLISHED' else 'SUPERSEDED' end) as source`;

/** The columns of a MemberScore; `s` is the score. */
export const scoreColumns = sql`s.publication_id as "publicationNo", s.unit_id as "unitNo", s.scaled, s.rank, s.classification, s.class_reason as "classReason"`;

/** The publications of relation `published`, by their numbers. */
export const publicationRows = sql<PublicationRow>`
  select p.i, (select to_json(c) from (select ${publicationColumns}) c) as publication, (select to_json(c) from (select ${rubricColumns}) c) as rubric
  from published p join rubric r on r.id = p.rubric_id order by p.id`;

/** The results of their members. */
export const memberScores = sql<MemberScore>`select ${scoreColumns} from published_score s where s.publication_id in (select id from published)`;

export const publishedBy = ({ publication, rubric }: PublicationRow): PublishedBy => ({ publication, rubric: rubricOfRow(rubric) });

/** By the position of each key, counted from 1. */
export const rankingsByKey = (
  publications: readonly PublicationRow[],
  scores: readonly MemberScore[],
): ReadonlyMap<number, readonly PublishedRanking[]> => {
  const scoresOf = Map.groupBy(scores, ({ publicationNo }) => publicationNo);
  const ranking = (row: PublicationRow) => ({ ...publishedBy(row), scores: scoresOf.get(row.publication.no) ?? [] });
  return new Map([...Map.groupBy(publications, ({ i }) => i)].map(([i, rows]) => [i, rows.map(ranking)]));
};

export interface VersionOf {
  readonly cycleNo: number;
  /** Null for the latest. */
  readonly version: number | null;
}

const publishedVersions = (keys: readonly VersionOf[]) =>
  withVersion(
    sql`published as materialized (
      select k.i, p.* from ${keyed("k", keys, { cycle: ["int", ({ cycleNo }) => cycleNo], version: ["int", ({ version }) => version] })}
      join ranking_publication p on p.cycle_id = k.cycle and (p.version = k.version or (k.version is null and p.superseded_at is null)))`,
    { publications: publicationRows, scores: memberScores },
  );

export const publicationLoaders = ({ session, hierarchy }: Pick<RequestContext, "session" | "hierarchy">) => ({
  /** A version of what a cycle published; null if there is none. */
  versionOf: new DataLoader<VersionOf, PublishedRanking | null, string>(
    async (keys) => {
      const { publications, scores } = await seeVersion(hierarchy, () => session.rows(publishedVersions(keys)));
      const found = rankingsByKey(publications, scores);
      return keys.map((_, n) => found.get(n + 1)?.[0] ?? null);
    },
    { cacheKeyFn: ({ cycleNo, version }) => `${cycleNo}|${version ?? ""}` },
  ),
});
