import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { randomUUID } from "node:crypto";
import { type Change, recordChanges } from "../../access/audit.ts";
import { coveredBy, rowScope } from "../../access/scope.ts";
import { grantsFor } from "../../access/viewer.ts";
import { rowsOf } from "../../db/reader.ts";
import { BadUserInput } from "../../errors.ts";
import type { Context } from "../../server/context.ts";
import {
  emptyStage,
  isOfSource,
  keptColumns,
  keptNames,
  lockSource,
  retractStage,
  sharedStage,
  type Staged,
  STATUSES,
} from "./dossier-apply.store.ts";
import { type ImportedBy, type ImportReport, noteImport } from "./import-report.ts";
import { type ImportSource, openSource } from "./import-source.service.ts";

const MAX_CODES = 1000;
const MAX_REASON = 2000;

/**
 * Takes back dossiers that should never have been sent; the audit trail keeps what they were. All or nothing.
 * @throws BadUserInput for a code that the source has not sent, DomainError FORBIDDEN outside the caller's scope.
 */
export const retractDossiers = async (
  context: Context,
  sourceKey: string,
  given: readonly string[],
  reason: string,
): Promise<ImportReport> => {
  const viewer = context.viewer!;
  const codes = [...new Set(given)];
  if (codes.length === 0 || codes.length > MAX_CODES) throw new BadUserInput("codes", codes.length, `accepted are 1 to ${MAX_CODES} codes`);
  const words = reason.trim().normalize("NFC");
  if (words === "" || words.length > MAX_REASON || words.includes("\0"))
    throw new BadUserInput("reason", reason, `accepted are 1 to ${MAX_REASON} characters`);
  const grants = grantsFor(viewer, "OFFICER");
  const by = { actor: viewer.actor, actorName: viewer.name, at: context.now };
  return context.reader
    .write(rowScope(viewer, "OFFICER"), async (em) => {
      const source = await openSource(em, sourceKey, grants);
      const key = randomUUID();
      const stage: Staged = { ...sharedStage, key, sourceId: source.id, grants };
      await lockSource(em, source.id);
      const found = await nameInStage(
        em,
        stage,
        codes.filter((code) => !code.includes("\0")),
      );
      const missing = codes.find((code) => !found.has(code));
      if (missing !== undefined)
        throw new BadUserInput("codes", missing, `accepted are codes of dossiers of the source ${source.key} that the caller may write`);
      const before = await rowsOf(em).rows(sql<{ dossier: KeptDossier }>`
        select to_jsonb(d) || jsonb_build_object('paused', (select coalesce(jsonb_agg(jsonb_build_array(p.reason, p.from_at, p.to_at) order by p.position), '[]')
          from dossier_pause p where p.province_id = d.province_id and p.source_id = d.source_id and p.code = d.code)) as dossier
        from dossier d join dossier_stage s on s.province_id = d.province_id and s.code = d.code
        where d.source_id = ${source.id} and s.import = ${key}::uuid order by d.code`);
      await retractStage(em, stage, context.now);
      await emptyStage(em, key);
      const report = { id: key, created: 0, updated: codes.length, unchanged: 0, stale: 0, rejected: 0, problems: [], warnings: [] };
      await noteImport(em, { source, report, operation: "retractDossiers", by, reason: words });
      await recordChanges(
        em,
        before.map(({ dossier }) => retracted(source, by, dossier)),
      );
      return report;
    })
    .finally(() => context.renew());
};

interface KeptDossier {
  readonly unit_id: number;
  readonly code: string;
}

const retracted = (source: ImportSource, by: ImportedBy, dossier: KeptDossier): Change => ({
  ...{ ...by, operation: "retractDossiers", unitNo: dossier.unit_id, subject: `${source.key} ${dossier.code}` },
  ...{ before: dossier, after: null },
});

/** Stages kept dossiers by their codes, as if they had been sent newer. @returns the codes found. */
const nameInStage = async (em: EntityManager, { key, sourceId, grants }: Staged, codes: readonly string[]): Promise<Set<string>> => {
  const isInside = grants === null ? sql`true` : coveredBy(grants, sql`d.unit_id`);
  const { rows } = await sql<{ code: string }>`
    insert into dossier_stage (import, "row", status, province_id, code, ${keptNames})
    select ${key}::uuid, 0, ${sql.lit(STATUSES.UPDATED)}, d.province_id, d.code, ${keptColumns("d")} from dossier d
    where ${isOfSource({ sourceId })} and d.code = any(${codes}::text[]) and ${isInside} returning code`.execute(em.getKysely());
  return new Set(rows.map(({ code }) => code));
};
