import { sql } from "kysely";
import { setTimeout as sleep } from "node:timers/promises";
import type { Pools } from "../../database/database.ts";
import { isAway } from "../../database/open-when-there.ts";
import { Reader } from "../../database/reader.ts";
import { ensureContributions } from "../../hierarchy/contribution.service.ts";
import type { Log } from "./log.ts";

const AWAY_MS = 2000;

/** Computes the contributions of each edition in the background, the newest first, before a request has to wait for them. */
export const warmUp = async (pools: Pools, log: Log, signal: AbortSignal): Promise<void> => {
  const began = performance.now();
  let done = 0;
  const work = async () => {
    const reader = new Reader(pools, signal);
    const editions = await reader.rows(sql<{ id: number }>`select id from edition where not contributed`);
    done = Math.max(done, editions.length);
    await ensureContributions(
      reader,
      editions.map(({ id }) => id),
    );
  };
  try {
    await whenThere(work, signal);
    if (done > 0) log.info(`computed the lineage of ${done} more editions in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  } catch (error) {
    if (!signal.aborted)
      log.error({ err: error }, "the lineage of the editions was not computed; the first request of an edition waits for it");
  }
};

const whenThere = async (work: () => Promise<void>, signal: AbortSignal): Promise<void> => {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isAway(error)) throw error;
      await sleep(AWAY_MS, undefined, { signal });
    }
  }
};
