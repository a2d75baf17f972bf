import { sql } from "kysely";
import type { Rows } from "../../database/reader.ts";
import type { ProcedureFacts } from "./dossier-stage.ts";

export const readProcedures = async (rows: Rows, codes: readonly string[] | null): Promise<Map<string, ProcedureFacts>> => {
  const wanted = codes === null ? sql`true` : sql`code = any(${[...new Set(codes)].filter((code) => !code.includes("\0"))}::text[])`;
  const found = await rows.rows(sql<ProcedureFacts & { code: string }>`
    select code, id, field_id as "fieldId", working_days as "workingDays", has_fee as "hasFee", service_level = 'FULL' as "isFull"
    from procedure where ${wanted}`);
  return new Map(found.map(({ code, ...facts }) => [code, facts]));
};
