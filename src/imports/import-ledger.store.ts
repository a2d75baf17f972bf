import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import type { RecordKind } from "../counters/record.entity.ts";
import { recordChange } from "../journal/audit.ts";
import type { ImportedBy, ImportReport } from "./import-report.ts";
import type { ImportSource } from "./import-source.service.ts";

export interface ImportNote {
  readonly kind: RecordKind;
  readonly source: ImportSource;
  readonly report: ImportReport;
  readonly operation: string;
  readonly by: ImportedBy;
  readonly reason?: string;
}

export const noteImport = async (em: EntityManager, { kind, source, report, operation, by, reason }: ImportNote): Promise<void> => {
  const { created, updated, unchanged, stale, rejected } = report;
  await sql`
    insert into record_import (province_id, key, kind, source_id, at, actor, operation, created, updated, unchanged, stale, rejected)
    values (${source.provinceNo}, ${report.id}, ${kind}, ${source.id}, ${by.at.toISOString()}::timestamptz, ${by.actor}, ${operation},
      ${created}, ${updated}, ${unchanged}, ${stale}, ${rejected})`.execute(em.getKysely());
  const counts = { created, updated, unchanged, stale, rejected };
  await recordChange(em, {
    ...{ ...by, operation, unitNo: source.unitNo, subject: source.key, before: null },
    after: { import: report.id, source: source.name, ...counts, ...(reason !== undefined && { reason }) },
  });
};
