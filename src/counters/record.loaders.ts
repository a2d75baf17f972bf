import { sql } from "kysely";
import type { RequestContext } from "../access/request-context.ts";
import { instant } from "../database/instant-text.ts";
import { manyBy, type Positioned } from "../database/loader.ts";
import type { EvidenceKind } from "../hierarchy/unit-view.ts";
import type { Day } from "../lib/time/date.ts";
import { cutLoaders } from "./cut.loaders.ts";
import { RECORD_KINDS, type RecordKind } from "./record.entity.ts";

export interface RecordStatus {
  readonly kind: RecordKind;
  readonly completeSince: Day | null;
  readonly completeThrough: Day | null;
  readonly lastImportAt: string | null;
}

export const recordLoaders = (context: RequestContext, evidence: EvidenceKind) => ({
  ...context.use(cutLoaders, evidence),

  /** By unit number: one status for each kind with records, in the order of the kinds. */
  recordsOf: manyBy<number, RecordStatus & Positioned>(String, (numbers) =>
    context.session.rows(sql<RecordStatus & Positioned>`
      with ranged as (
        select distinct on (unit_id, kind) unit_id, kind, since, through from record_range where unit_id = any(${numbers}::int[])
        order by unit_id, kind, since desc
      ), imported as (
        select unit_id, kind, max(last_import_at) as at from record_unit where unit_id = any(${numbers}::int[]) and last_import_at is not null
        group by unit_id, kind
      )
      select k.i::int, kind, r.since as "completeSince", r.through as "completeThrough", ${instant(sql`m.at`)} as "lastImportAt"
      from ranged r full join imported m using (unit_id, kind)
      join unnest(${numbers}::int[]) with ordinality k(no, i) on k.no = unit_id
      order by k.i, array_position(${[...RECORD_KINDS]}::text[], kind)`),
  ),
});
