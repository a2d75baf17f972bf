import { type RawBuilder, sql } from "kysely";
import type { RequestContext } from "../access/request-context.ts";
import { coveredBy, rowScope } from "../access/scope.ts";
import { grantsFor, type Viewer } from "../access/viewer.ts";
import type { Query } from "../database/template.ts";
import type { Reader } from "../database/reader.ts";
import { PUBLIC_SCOPE, type RowScope } from "../database/row-scope.ts";
import type { Day } from "../lib/time/date.ts";
import type { EvidenceKind } from "../hierarchy/unit-view.ts";
import { ROLLUP_KINDS } from "./measure.ts";

/** A draft that counts, and the periods whose roll-ups it changes: those of its figures and of the figures that it corrects. */
export interface Draft {
  readonly id: number;
  readonly supersedes: number | null;
  readonly periods: readonly { readonly from: Day; readonly to: Day }[];
}

/** The reports that count: published ones, or also the drafts visible to the viewer in place of the reports that they correct. */
export interface Evidence {
  readonly kind: EvidenceKind;
  readonly scope: RowScope;
  readonly drafts: () => Promise<readonly Draft[]>;
}

const NO_DRAFTS: readonly Draft[] = [];

export const PUBLISHED: Evidence = { kind: "PUBLISHED", scope: PUBLIC_SCOPE, drafts: async () => NO_DRAFTS };

/** A factory for `context.use`, so that all loaders of a request query its drafts once. */
export const evidenceOf = ({ session, viewer }: Pick<RequestContext, "session" | "viewer">, kind: EvidenceKind): Evidence =>
  kind === "PUBLISHED" ? PUBLISHED : withDrafts(session, viewer);

const withDrafts = (reader: Reader, viewer: Viewer | null): Evidence => {
  const grants = grantsFor(viewer, "VIEWER");
  const scope = rowScope(viewer);
  let found: Promise<readonly Draft[]> | null = null;
  const find = async (): Promise<readonly Draft[]> => {
    if (grants.length === 0) return NO_DRAFTS;
    const measures = ROLLUP_KINDS.map(({ name }) => `${name}.%`);
    return reader.scoped(scope).rows(sql<Draft>`
      select s.id, s.supersedes_id as supersedes, coalesce((
        select json_agg(distinct jsonb_build_object('from', f.period_from, 'to', f.period_to)) from figure f
        where f.source_id in (s.id, s.supersedes_id) and f.measure like any(${measures}::text[])), '[]') as periods
      from source s where s.state = 'DRAFT' and ${coveredBy(grants, sql`s.unit_id`)} order by s.id`);
  };
  return { kind: "ALL", scope, drafts: () => (found ??= find()) };
};

export const draftsWithin = (drafts: readonly Draft[], { from, to }: { readonly from: Day; readonly to: Day }): number[] =>
  drafts.filter(({ periods }) => periods.some((part) => part.from >= from && part.to <= to)).map(({ id }) => id);

export const counted = (drafts: readonly Draft[]): RawBuilder<boolean> => {
  if (drafts.length === 0) return sql`s.state = 'PUBLISHED'`;
  const replaced = drafts.flatMap(({ supersedes }) => (supersedes === null ? [] : [supersedes]));
  return sql`(s.id = any(${drafts.map(({ id }) => id)}::int[]) or (s.state = 'PUBLISHED' and not s.id = any(${replaced}::int[])))`;
};

export const figureRows = async <R>(
  reader: Reader,
  evidence: Evidence,
  query: (counting: RawBuilder<boolean>) => Query<R>,
): Promise<R[]> => {
  const drafts = await evidence.drafts();
  return (drafts.length === 0 ? reader : reader.scoped(evidence.scope)).rows(query(counted(drafts)));
};
