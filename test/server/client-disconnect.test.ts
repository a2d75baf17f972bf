import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startService, type TestService } from "../support/client.ts";
import { post } from "../support/post.ts";

const SLOW = { query: '{ unit(code: "048", asOf: "2022-12-31") { figures(period: "2022") { measure } } }' };

describe("a client that hangs up", () => {
  let service: TestService;
  let locker: Client;
  /** A transaction sees the activity of its beginning. */
  let watcher: Client;
  beforeAll(async () => {
    service = await startService();
    [locker, watcher] = [1, 2].map(() => new Client({ connectionString: service.database.url })) as [Client, Client];
    await Promise.all([locker.connect(), watcher.connect()]);
  });
  afterAll(async () => {
    await Promise.all([locker.end(), watcher.end()]);
    await service.close();
  });

  const waiting = async (): Promise<number> =>
    (
      await watcher.query<{ n: number }>(
        "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      )
    ).rows[0]!.n;

  it("ends its statement in PostgreSQL, and is no failure of ours", async () => {
    const log = vi.spyOn(console, "error");
    await locker.query("begin; lock table figure in access exclusive mode");
    try {
      const hangUp = new AbortController();
      const asked = fetch(service.server.url, {
        ...{ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(SLOW), signal: hangUp.signal },
      });
      await expect.poll(waiting, { timeout: 10_000 }).toBe(1);
      hangUp.abort();
      await expect(asked).rejects.toThrow();
      await expect.poll(waiting, { timeout: 1500 }).toBe(0);
    } finally {
      await locker.query("rollback");
    }
    expect((await post(service.server.url, SLOW)).body.errors).toBeUndefined();
    expect(log.mock.calls.filter(([first]) => String(first).startsWith("cchc-graph"))).toEqual([]);
    log.mockRestore();
  });
});
