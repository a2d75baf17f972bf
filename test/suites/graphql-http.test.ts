import { auditServer } from "graphql-http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";

/** Well-formed requests that fail before they run: Apollo answers them 400 in application/json too, where the audits would like 200. */
const WARNINGS = new Set(["572B", "FDE2", "7B9B"]);

describe("the audits of GraphQL over HTTP", () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.close());

  it("find no error, and warn only of Apollo's own choices", async () => {
    const results = await auditServer({ url: service.server.url, fetchFn: fetch });
    const of = (status: string) => results.filter((one) => one.status === status);
    expect(of("error")).toEqual([]);
    expect(
      of("warn")
        .map(({ id }) => id)
        .filter((id) => !WARNINGS.has(id)),
    ).toEqual([]);
    expect(of("ok").length).toBeGreaterThan(50);
  });
});
