import type { Day } from "../../src/lib/time/date.ts";
import { startService } from "../support/client.ts";
import { expect } from "vitest";
import { issueKey } from "../support/key.ts";

const DECLARE = `mutation ($units: [ID!]!, $since: Date!, $through: Date!, $kind: RecordKind!) {
  declareComplete(input: { kind: $kind, units: $units, since: $since, through: $through }) {
    records { kind completeSince completeThrough lastImportAt } } }`;
const RECORDS = "query ($code: ID!) { unit(code: $code) { records { kind completeSince completeThrough lastImportAt } } }";

export interface Status {
  readonly kind: string;
  readonly completeSince: string | null;
  readonly completeThrough: string | null;
  readonly lastImportAt: string | null;
}
export const status = (since: string | null, through: string | null, kind = "DOSSIERS", lastImportAt: string | null = null): Status => ({
  ...{ kind, completeSince: since, completeThrough: through, lastImportAt },
});

/** A service with the keys of two ADMINs, and what declares and shows completeness there. */
export const startCompleteness = async () => {
  const service = await startService();
  const caoBang = await issueKey(service.database, "Cao Bằng", { "04": "ADMIN" });
  const country = await issueKey(service.database, "country", { VN: "ADMIN" });
  const declare = (key: string | undefined, units: readonly string[], since: string, through: string, kind = "DOSSIERS") =>
    service.ask<{ declareComplete: { records: Status[] } }, object>(DECLARE, { units, since, through, kind }, key);
  const declared = async (...given: Parameters<typeof declare>): Promise<Status[]> => {
    const { data, errors } = await declare(...given);
    expect(errors).toBeUndefined();
    return data.declareComplete.records;
  };
  const recordsOf = async (code: string, bearer?: string) =>
    (await service.ask<{ unit: { records: Status[] } }, object>(RECORDS, { code }, bearer)).data.unit.records;
  const rows = <T>(text: string, values: unknown[] = []) => service.database.orm.em.getConnection().execute<T[]>(text, values);
  const ranges = async (id: string) =>
    (
      await rows<{ since: Day; through: Day }>(
        "select since, through from record_range r join unit u on u.id = r.unit_id where u.key = ? order by since",
        [id],
      )
    ).map(({ since, through }) => `${since}/${through}`);
  const trail = async (key: string, unit: string) => {
    const text = "query ($unit: ID!) { auditTrail(unit: $unit) { nodes { operation subject before after unit { id } } } }";
    const { data } = await service.ask<{ auditTrail: { nodes: { operation: string }[] } }, object>(text, { unit }, key);
    return data.auditTrail.nodes.filter(({ operation }) => operation === "declareComplete");
  };

  const clear = () =>
    rows(
      "delete from record_range; delete from record_unit; delete from audit_entry where operation in ('declareComplete', 'withdrawCompleteness')",
    );
  return { service, caoBang, country, declare, declared, recordsOf, rows, ranges, trail, clear };
};

export type Completeness = Awaited<ReturnType<typeof startCompleteness>>;
