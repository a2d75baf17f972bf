import type DataLoader from "dataloader";
import { type RawBuilder, sql } from "kysely";
import type { RequestContext } from "../access/request-context.ts";
import { manyBy, oneBy, type Positioned } from "../database/loader.ts";
import { dayNumber } from "../hierarchy/hierarchy-content.ts";
import type { Hierarchy } from "../hierarchy/hierarchy.ts";
import type { RequestHierarchy } from "../hierarchy/request-hierarchy.ts";
import type { EvidenceKind, UnitView } from "../hierarchy/unit-view.ts";
import { seeVersion, type WithVersion, withVersion } from "../hierarchy/with-version.ts";
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

/** A figure as it is stored. */
export type StoredFigure = Omit<FigureRow, "unitTier">;

/** The columns of a StoredFigure: `f` is the figure, `s` its source. */
export const figureColumns = sql`f.unit_id as "unitNo", f.measure, f.scope, f.period_from as "from", f.period_to as "to",
  f.value, f.low, f.high, f.denominator, f.qualifiers, f.quote, ${sourceColumn} as source`;

/** The figures with the tiers of their units on the last days of the periods, on which the units existed. */
const tiered = (hierarchy: Hierarchy, figures: readonly StoredFigure[]): FigureRow[] =>
  figures.flatMap((figure) => {
    const version = hierarchy.versionOn(figure.unitNo, dayNumber(figure.to));
    return version ? { ...figure, unitTier: version.tier } : [];
  });

/** A loader of figures by a statement with the list `figures`. */
export const figuresBy = <K>(
  hierarchy: RequestHierarchy,
  keyOf: (key: K) => string,
  read: (keys: readonly K[]) => Promise<readonly WithVersion<{ figures: StoredFigure }>[]>,
): DataLoader<K, FigureRow[], string> =>
  manyBy<K, FigureRow>(keyOf, async (keys) => {
    const { figures } = await seeVersion(hierarchy, () => read(keys));
    return tiered(await hierarchy.load(), figures);
  });

const figuresOfUnits = (keys: readonly FiguresOf[], counting: RawBuilder<boolean>) =>
  withVersion(
    sql`k as materialized (select * from ${keyed("k", keys, {
      no: ["int", ({ no }) => no],
      f: ["date", ({ period }) => period.from],
      t: ["date", ({ period }) => period.to],
    })})`,
    {
      figures: sql<StoredFigure>`
        select k.i, ${figureColumns} from k join figure f on f.unit_id = k.no and f.period_from >= k.f and f.period_to <= k.t
        join source s on s.id = f.source_id and ${counting} order by k.i, s.id, f.position`,
    },
  );

export type FigureLoaders = ReturnType<typeof figureLoaders>;

export const figureLoaders = (context: RequestContext, kind: EvidenceKind) => {
  const { session: reader, hierarchy } = context;
  const evidence = context.use(evidenceOf, kind);
  return {
    /** By internal number, published sources only. */
    sourceByNo: oneBy<number, SourceView & Positioned>(String, (numbers) =>
      reader.rows(sql<SourceView & Positioned>`
      select k.i::int, s.key as id, s.kind, s.title, s.published_on as "publishedOn", s.state
      from unnest(${numbers}::int[]) with ordinality k(no, i) join source s on s.id = k.no`),
    ),

    /** Figures of the unit for the period or for a part of it, in the order of the sources. */
    figuresOf: figuresBy<FiguresOf>(
      hierarchy,
      ({ no, period }) => `${no}|${period.name}`,
      (keys) => figureRows(reader, evidence, (counting) => figuresOfUnits(keys, counting)),
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
