import { afterAll, beforeAll, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

it.each([
  ["24.2025", "2025-12-31", "PROVINCE", "2025-07-01", null],
  ["24.2025", "2026-11-22", "CENTRAL_CITY", "2025-07-01", null],
  ["088.2015", "2019-12-31", "RURAL_DISTRICT", null, "2025-06-30"],
  ["088.2015", "2020-01-01", "TOWN", null, "2025-06-30"],
])(
  "validFrom and validTo of %s on %s are the days of its identity, not of its version as %s",
  async (id, asOf, kind, validFrom, validTo) => {
    const query = "query ($id: ID!, $asOf: Date!) { unit(id: $id, asOf: $asOf) { kind validFrom validTo } }";
    expect(await service.ask(query, { id, asOf })).toMatchObject({ data: { unit: { kind, validFrom, validTo } } });
  },
);
