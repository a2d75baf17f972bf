import type { EntityManager } from "@mikro-orm/postgresql";
import { busy } from "./failure.ts";

/** Maximum number of waiting callers and maximum waiting time; beyond these the answer is `busy`. */
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
  /** Separate lanes, so that changes, shared builds and anonymous builds do not wait for each other. */
  readonly lane?: "BUILDS" | "CHANGES" | "UNKEYED";
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs work that takes a lock of the database one at a time per process, so that waiting callers hold no connection. Must not be nested. @throws DomainError
 * SERVICE_UNAVAILABLE if too many wait, or the wait was too long.
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
