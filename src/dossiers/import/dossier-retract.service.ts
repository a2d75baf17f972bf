import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import type { RequestContext } from "../../access/request-context.ts";
import { coveredBy } from "../../access/scope.ts";
import { rowsOf } from "../../database/reader.ts";
import { isOfSource } from "../../imports/compare.store.ts";
import type { ImportReport } from "../../imports/import-report.ts";
import { type RetractedRecord, type Retraction, type RetractionKind, retractRecords } from "../../imports/retraction.service.ts";
import { type Staged, STATUSES } from "../../imports/stage.ts";
import { shareProcedures } from "../../procedures/procedure-load.service.ts";
import { DOSSIER_TABLE, retractStage, sharedColumns, sharedNames } from "./dossier-apply.store.ts";
import { DOSSIER_STAGE } from "./dossier-stage.ts";

type Caller = Pick<RequestContext, "session" | "viewer" | "now" | "renew">;

/** Retracts dossiers as `retractRecords` does. */
export const retractDossiers = (context: Caller, retraction: Retraction): Promise<ImportReport & { readonly isKept: boolean }> =>
  retractRecords(context, DOSSIER_RETRACTION, retraction);

const stagedBefore = (em: EntityManager, { sourceId, key }: Staged): Promise<RetractedRecord[]> =>
  rowsOf(em).rows(sql<RetractedRecord>`
    select d.unit_id as "unitNo", d.code,
      to_jsonb(d) || jsonb_build_object('paused', (select coalesce(jsonb_agg(jsonb_build_array(p.reason, p.from_at, p.to_at) order by p.position), '[]')
        from dossier_pause p where p.province_id = d.province_id and p.source_id = d.source_id and p.code = d.code)) as record
    from dossier d join dossier_stage s on s.province_id = d.province_id and s.code = d.code
    where d.source_id = ${sourceId} and s.import = ${key}::uuid order by d.code`);

/** Stages stored dossiers by their codes, as if they were updates. @returns the codes found. */
const nameInStage = async (em: EntityManager, { key, sourceId, grants }: Staged, codes: readonly string[]): Promise<Set<string>> => {
  const isInside = grants === null ? sql`true` : coveredBy(grants, sql`d.unit_id`);
  const { rows } = await sql<{ code: string }>`
    insert into dossier_stage (import, "row", status, province_id, code, ${sharedNames})
    select ${key}::uuid, 0, ${sql.lit(STATUSES.UPDATED)}, d.province_id, d.code, ${sharedColumns("d")} from dossier d
    where ${isOfSource(DOSSIER_TABLE, { sourceId })} and d.code = any(${codes}::text[]) and ${isInside} returning code`.execute(
    em.getKysely(),
  );
  return new Set(rows.map(({ code }) => code));
};

const DOSSIER_RETRACTION: RetractionKind = {
  ...{ kind: "DOSSIERS", shape: DOSSIER_STAGE, operation: "retractDossiers", unknownCode: "UNKNOWN_DOSSIER" },
  ...{ shareReferences: shareProcedures, nameInStage, refusals: async () => new Map(), readStaged: stagedBefore, retract: retractStage },
};
