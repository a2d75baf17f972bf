import { sql } from "kysely";
import type { RequestContext } from "../../access/request-context.ts";
import { coveredUnits, rowScope } from "../../access/scope.ts";
import { grantsFor } from "../../access/viewer.ts";
import { oneBy, type Positioned } from "../../database/loader.ts";
import type { Hundredths } from "../scoring/points.ts";
import type { FrozenLeaf } from "./publication.ts";

/** The published result of a sheet with its leaves. */
export interface PublishedSheetView extends Positioned {
  readonly scaled: Hundredths | null;
  readonly leaves: readonly FrozenLeaf[];
}

/** All loaders read only sheets that the viewer may see. */
export const publishedSheetLoaders = ({ session, viewer }: Pick<RequestContext, "session" | "viewer">) => {
  const reader = session.scoped(rowScope(viewer));
  return {
    /** By number of a sheet: what was published of the same unit by the same index in the same block for the year before. */
    yearBefore: oneBy<number, PublishedSheetView>(String, (numbers) =>
      reader.rows(sql<PublishedSheetView>`
        with covered as materialized (${coveredUnits(grantsFor(viewer, "VIEWER"))})
        select distinct on (k.i) k.i::int, b.scaled, l.leaves from unnest(${numbers}::int[]) with ordinality k(no, i)
        join score_sheet s on s.id = k.no join assessment_cycle c on c.id = s.cycle_id join rubric r on r.id = c.rubric_id
        join published_score b on b.unit_id = s.unit_id
        join ranking_publication p on p.id = b.publication_id and p.superseded_at is null
          and p.organiser_id = r.organiser_id and p.index_kind = r.index_kind and p.block_code = r.block_code and p.year = r.year - 1
        join published_sheet l on l.publication_id = p.id and l.unit_id = s.unit_id
        where l.unit_id in (select unit_id from covered) or l.organiser_id in (select unit_id from covered) order by k.i, p.id desc`),
    ),
  };
};
