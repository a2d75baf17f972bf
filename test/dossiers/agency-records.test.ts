import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";
import { dossier, fillCatalogue, IMPORT, type ImportAnswer } from "../support/dossiers.ts";
import { issueKey } from "../support/key.ts";

const DEPARTMENT = "48/so-noi-vu";
const CENTRAL = "48/cuc-thue-thanh-pho";

let service: TestService;
beforeAll(async () => {
  service = await startService();
  await fillCatalogue(service.database);
});
afterAll(() => service.close());

const received = async (code: string, period: string, handledBy?: string): Promise<number | null> => {
  const tier = handledBy ? `, handledBy: ${handledBy}` : "";
  const query = `{ unit(code: "${code}") { dossiers(period: "${period}"${tier}) { received } } }`;
  const { data, errors } = await service.ask<{ unit: { dossiers: { received: number | null } } }, object>(query);
  expect(errors).toBeUndefined();
  return data.unit.dossiers.received;
};

describe("records of agencies", () => {
  it("of a central agency count at the province where it sits, and not in the country", async () => {
    const officer = await issueKey(service.database, "Đà Nẵng", { "48": "OFFICER" });
    const receivedAt = "2025-03-03T08:00:00+07:00";
    const dossiers = [dossier({ code: "tax", unit: CENTRAL, receivedAt }), dossier({ code: "home", unit: DEPARTMENT, receivedAt })];
    const sent = await service.ask<ImportAnswer, object>(IMPORT, { source: "da-nang", dossiers }, officer);
    expect(sent.errors).toBeUndefined();
    expect(await received("48", "2025-03")).toBe(2);
    expect(await received("VN", "2025-03")).toBe(1);
    expect(await received("VN", "2025-03", "PROVINCE")).toBe(1);
  });

  it("of a department that are complete say 0 of the tier which it serves, and of no other", async () => {
    await sql`
      insert into record_range (unit_id, kind, since, through) select unit_id, 'DOSSIERS', '2024-01-01', '2025-06-30' from unit_version
      where code = ${DEPARTMENT}`.execute(service.database.orm.em.fork().getKysely());
    expect(await received("48", "2024-05")).toBe(0);
    expect(await received("48", "2024-05", "PROVINCE")).toBe(0);
    expect(await received("48", "2024-05", "COMMUNE")).toBeNull();
  });
});
