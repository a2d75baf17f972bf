import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { oneAtATime } from "../../src/database/one-at-a-time.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";

describe("work that runs one at a time", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase("EMPTY");
  });
  afterAll(() => database.close());

  it("waits in a bounded queue: a caller beyond it must retry, and the queue empties again", async () => {
    const { em } = database.pools.builds;
    const done: number[] = [];
    const first = oneAtATime(em, () => sleep(50));
    await sleep(0);
    const waiting = Array.from({ length: 100 }, (_, n) => oneAtATime(em, async () => void done.push(n)));
    expect(() => oneAtATime(em, async () => {})).toThrow(
      expect.objectContaining({ extensions: expect.objectContaining({ code: "SERVICE_UNAVAILABLE" }) as object }) as Error,
    );
    await Promise.all([first, ...waiting]);
    expect(done).toEqual(Array.from({ length: 100 }, (_, n) => n));
    expect(await oneAtATime(em, async () => "again")).toBe("again");
  });

  it("skips a caller who disconnected before the turn, and continues after a failure", async () => {
    const { em } = database.pools.builds;
    const gone = new AbortController();
    let ran = false;
    const failing = oneAtATime(em, async () => {
      await sleep(20);
      throw new Error("failed");
    });
    const skipped = oneAtATime(em, async () => void (ran = true), { signal: gone.signal });
    gone.abort();
    await expect(failing).rejects.toThrow("failed");
    await expect(skipped).rejects.toThrow();
    expect(ran).toBe(false);
    expect(await oneAtATime(em, async () => 1)).toBe(1);
  });

  it("lets changes pass builds for readers", async () => {
    const { em } = database.pools.builds;
    let isMade = false;
    const build = oneAtATime(em, async () => {
      await sleep(100);
      isMade = true;
    });
    await oneAtATime(em, async () => {}, { lane: "CHANGES" });
    expect(isMade).toBe(false);
    await build;
  });
});
