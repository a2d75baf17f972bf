import { sql } from "kysely";
import type { RequestContext } from "../access/request-context.ts";
import { manyBy, oneBy, type Positioned } from "../database/loader.ts";
import type { EvidenceKind, UnitView } from "../hierarchy/unit-view.ts";
import type { Day } from "../lib/time/date.ts";
import type { Period } from "../lib/time/period.ts";
import type { Tier } from "../hierarchy/unit.entity.ts";
import { evidenceOf, figureRows } from "./evidence.ts";
import type { EvidenceSourceKind, Source } from "./figure.entity.ts";
import { keyed } from "../database/relation.ts";

export type SourceView = Pick<Source, "title" | "publishedOn" | "state"> & { readonly id: string; readonly kind: EvidenceSourceKind };

export interface FigureRow extends Positioned {
  readonly unitNo: number;
  readonly measure: string;
  readonly unitTier: Tier | null;
  readonly scope: Tier | null;
  readonly from: Day;
  readonly to: Day;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly denominator: number | null;
  readonly qualifiers: Readonly<Record<string, string>>;
  readonly quote: string;
  readonly source: SourceView;
}

export interface FiguresOf {
  readonly no: number;
  readonly period: Period;
}

export const sourceColumn = sql<SourceView>`json_build_object('id', s.key, 'kind', s.kind, 'title', s.title, 'publishedOn', s.published_on, 'state', s.state)`;

/** The columns of a FigureRow: `f` is the figure, `s` its source, `v` the version of its unit on the last day of the period. */
export const figureColumns = sql`f.unit_id as "unitNo", f.measure, v.tier as "unitTier", f.scope, f.period_from as "from", f.period_to as "to",
  f.value, f.low, f.high, f.denominator, f.qualifiers, f.quote, ${sourceColumn} as source`;

export const figureJoins = sql`join unit_version v on v.unit_id = f.unit_id and v.valid_from <= f.period_to
  and (v.valid_to is null or v.valid_to > f.period_to)`;

export type FigureLoaders = ReturnType<typeof figureLoaders>;

export const figureLoaders = (context: RequestContext, kind: EvidenceKind) => {
  const reader = context.session;
  const evidence = context.use(evidenceOf, kind);
  return {
    /** By internal number, published sources only. */
    sourceByNo: oneBy<number, SourceView & Positioned>(String, (numbers) =>
      reader.rows(sql<SourceView & Positioned>`
      select k.i::int, s.key as id, s.kind, s.title, s.published_on as "publishedOn", s.state
      from unnest(${numbers}::int[]) with ordinality k(no, i) join source s on s.id = k.no`),
    ),

    /** Figures of the unit for the period or for a part of it, in the order of the sources. */
    figuresOf: manyBy<FiguresOf, FigureRow>(
      ({ no, period }) => `${no}|${period.name}`,
      (keys) =>
        figureRows(
          reader,
          evidence,
          (counting) => sql<FigureRow>`
        select k.i::int, ${figureColumns}
        from ${keyed("k", keys, {
          no: ["int", ({ no }) => no],
          f: ["date", ({ period }) => period.from],
          t: ["date", ({ period }) => period.to],
        })}
        join figure f on f.unit_id = k.no and f.period_from >= k.f and f.period_to <= k.t
        join source s on s.id = f.source_id and ${counting}
        ${figureJoins}
        order by k.i, s.id, f.position`,
        ),
    ),
  };
};

/** Each source once. */
export const sourcesOf = (figures: readonly { source: SourceView }[]): SourceView[] => [
  ...new Map(figures.map(({ source }) => [source.id, source])).values(),
];

/** The figures of a unit for exactly this period, of the measures with this prefix. */
export const reportedFigures = async (
  { figuresOf }: FigureLoaders,
  { no }: UnitView,
  period: Period,
  prefix: string,
): Promise<FigureRow[]> =>
  (await figuresOf.load({ no, period })).filter(
    ({ measure, from, to }) => measure.startsWith(prefix) && from === period.from && to === period.to,
  );
