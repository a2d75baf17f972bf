import { type RawBuilder, sql } from "kysely";
import type { RequestContext } from "../access/request-context.ts";
import { manyBy, type Positioned } from "../database/loader.ts";
import { evidenceOf, figureRows } from "../figures/evidence.ts";
import { figureLoaders, type SourceView, sourceColumn } from "../figures/figure.loaders.ts";
import type { Day } from "../lib/time/date.ts";
import { seenBy, unitColumns } from "../hierarchy/unit.loaders.ts";
import type { EvidenceKind, UnitView } from "../hierarchy/unit-view.ts";
import type { IndexKind } from "./vocabulary.ts";
import { validOn } from "../hierarchy/sql.ts";
import { keyed } from "../database/relation.ts";

/** One reported figure of an assessment, of a unit as of `asOf`, or of the last day of the assessed year if the unit did not exist then. */
export interface AssessmentFigure extends Positioned, UnitView {
  readonly measure: string;
  readonly year: number;
  readonly value: number;
  readonly qualifiers: Readonly<Record<string, string>>;
  readonly source: SourceView;
  /** Public id of the unit that publishes the ranking: the parent of the ranked units. */
  readonly publisher: string;
}

export interface AssessmentsOf {
  readonly no: number;
  readonly asOf: Day;
  readonly index: IndexKind | null;
  readonly year: number | null;
}

const keyOf = ({ no, asOf, index, year }: AssessmentsOf) => `${no}@${asOf}|${index ?? ""}|${year ?? ""}`;
const asked = (keys: readonly AssessmentsOf[]) =>
  sql`${keyed("k", keys, {
    no: ["int", ({ no }) => no],
    day: ["date", ({ asOf }) => asOf],
    index_kind: ["text", ({ index }) => index],
    year: ["int", ({ year }) => year],
  })}`;
const wanted = sql`(k.index_kind is null or f.qualifiers ->> 'index' = k.index_kind) and (k.year is null or extract(year from f.period_to) = k.year)`;

const figureColumns = (publisher: RawBuilder<unknown>) => sql`f.measure, extract(year from f.period_to)::int as year, f.value, f.qualifiers,
  ${sourceColumn} as source, ${publisher} as publisher`;

export const assessmentLoaders = (context: RequestContext, kind: EvidenceKind) => {
  const evidence = context.use(evidenceOf, kind);
  const seen = async (query: (counting: RawBuilder<boolean>) => RawBuilder<AssessmentFigure>) =>
    seenBy(kind, await figureRows(context.session, evidence, query));
  return {
    ...context.use(figureLoaders, kind),

    /** Scores and ranks of the unit itself, by year, then in the order of the sources. */
    assessmentFigures: manyBy<AssessmentsOf, AssessmentFigure>(keyOf, (keys) =>
      seen(
        (counting) => sql<AssessmentFigure>`
      select k.i::int, ${figureColumns(sql`coalesce(pu.key, u.key)`)}, ${unitColumns(sql`k.day`)}
      from ${asked(keys)} join figure f on f.unit_id = k.no and f.measure in ('assessment.score', 'assessment.rank') and ${wanted}
      join source s on s.id = f.source_id and ${counting}
      join unit_version v on v.unit_id = k.no and ${validOn(sql`k.day`)} join unit u on u.id = v.unit_id
      left join unit_version p on p.unit_id = k.no and ${validOn(sql`f.period_to`, "p")}
      left join unit pu on pu.id = p.parent_id
      order by k.i, year, s.id, f.position`,
      ),
    ),

    /** Figures behind the rankings below the unit: counts by class, and results of the members. */
    rankingFigures: manyBy<AssessmentsOf, AssessmentFigure>(keyOf, (keys) =>
      seen(
        (counting) => sql<AssessmentFigure>`
      with stated as (
        select k.i, k.day, k.no, f.* from ${asked(keys)} join figure f on f.unit_id = k.no and f.measure = 'ranking.count' and ${wanted}
        union all
        select k.i, k.day, k.no, f.* from ${asked(keys)} join unit_version m on m.parent_id = k.no
        join figure f on f.unit_id = m.unit_id and f.measure in ('assessment.score', 'assessment.rank') and ${wanted}
          and ${validOn(sql`f.period_to`, "m")}
      )
      select f.i::int, ${figureColumns(sql`pu.key`)}, ${unitColumns(sql`seen.day`)}
      from stated f join source s on s.id = f.source_id and ${counting} join unit u on u.id = f.unit_id join unit pu on pu.id = f.no
      join lateral (
        select d.day from unnest(array[f.day, f.period_to]) with ordinality d(day, n)
        where exists (select from unit_version v where v.unit_id = f.unit_id and ${validOn(sql`d.day`)}) order by d.n limit 1
      ) seen on true
      join unit_version v on v.unit_id = f.unit_id and ${validOn(sql`seen.day`)}
      order by f.i, s.id, f.position`,
      ),
    ),
  };
};
