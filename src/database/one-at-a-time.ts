import type { EntityManager } from "@mikro-orm/postgresql";
import { busy } from "./failure.ts";

/** So many may wait for their turn, for so long: more, and longer, is answered by `busy`. */
const MOST_WAITING = 100;
const LONGEST_WAIT_MS = 20_000;

interface Lane {
  tail: Promise<unknown>;
  waiting: number;
}

const lanes = new WeakMap<object, Map<string, Lane>>();

const laneOf = (pool: object, name: string): Lane => {
  const ofPool = lanes.get(pool) ?? new Map<string, Lane>();
  lanes.set(pool, ofPool);
  const lane = ofPool.get(name) ?? { tail: Promise.resolve(), waiting: 0 };
  ofPool.set(name, lane);
  return lane;
};

export interface Turn {
  /** What changes things does not stand behind what is made for readers, nor these behind what is worked out anew for each who has no key. */
  readonly lane?: "BUILDS" | "CHANGES" | "UNKEYED";
  /** Who hung up before its turn has come needs none. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs what takes a lock of the database after all that this process asked for before: those who wait hold no connection meanwhile,
 * which others need. Must not be nested. @throws DomainError SERVICE_UNAVAILABLE where too many wait, or one has waited too long.
 */
export const oneAtATime = <T>(em: EntityManager, work: () => Promise<T>, { lane: name = "BUILDS", signal }: Turn = {}): Promise<T> => {
  const lane = laneOf(em.getDriver(), name);
  if (lane.waiting >= MOST_WAITING) throw busy();
  const since = performance.now();
  lane.waiting++;
  const result = lane.tail.then(() => {
    lane.waiting--;
    signal?.throwIfAborted();
    if (performance.now() - since > LONGEST_WAIT_MS) throw busy();
    return work();
  });
  lane.tail = result.catch(() => {});
  return result;
};
