import { setTimeout as sleep } from "node:timers/promises";
import type { Pools } from "../../database/database.ts";
import { isAway } from "../../database/open-when-there.ts";
import { Reader } from "../../database/reader.ts";
import { ensureKept } from "../../counters/count-tree.service.ts";
import { dayOf } from "../../lib/time/date.ts";
import type { Log } from "./log.ts";

/** So long after a change of units, roll-ups of records are slow at most; an import ends that at once. */
const PAUSE_MS = 5000;

/**
 * Adds up, in the background, the counters of the units of the present hierarchy and of later ones, after the start and after each change of units.
 * Imports wait for it, so that no request which reads does it.
 */
export const keepTrees = async (pools: Pools, log: Log, signal: AbortSignal): Promise<void> => {
  let isFailing = false;
  while (!signal.aborted) {
    try {
      await ensureKept(new Reader(pools), dayOf(new Date()));
      isFailing = false;
    } catch (error) {
      // Of a database that is away, somebody else tells.
      if (!isFailing && !signal.aborted && !isAway(error))
        log.error({ err: error }, "the counters of units were not added up; roll-ups of records are slow until they are");
      isFailing = !isAway(error);
    }
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
  }
};
