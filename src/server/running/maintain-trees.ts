import { setTimeout as sleep } from "node:timers/promises";
import type { Pools } from "../../database/database.ts";
import { isAway } from "../../database/open-when-there.ts";
import { Reader } from "../../database/reader.ts";
import { ensurePresentTrees } from "../../counters/count-tree.service.ts";
import { dayOf } from "../../lib/time/date.ts";
import type { Log } from "./log.ts";

/** Maximum delay after a change of units in which roll-ups of records may be slow; an import ends it at once. */
const PAUSE_MS = 5000;

/**
 * Builds counter trees of the present and later hierarchies in the background, after the start and after each change of units. Imports wait for it, so that no reader has
 * to build one.
 */
export const maintainTrees = async (pools: Pools, log: Log, signal: AbortSignal): Promise<void> => {
  let isFailing = false;
  while (!signal.aborted) {
    try {
      await ensurePresentTrees(new Reader(pools), dayOf(new Date()));
      isFailing = false;
    } catch (error) {
      // The watch of the database reports its loss.
      if (!isFailing && !signal.aborted && !isAway(error))
        log.error({ err: error }, "the counters of units were not added up; roll-ups of records are slow until they are");
      isFailing = !isAway(error);
    }
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
  }
};
