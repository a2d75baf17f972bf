interface Work {
  readonly result: Promise<void>;
  readonly abort: AbortController;
  askers: number;
}

const works = new WeakMap<object, Map<string, Work>>();

/** Runs the work once for all concurrent callers of the pool in this process. It is aborted when all of them have disconnected. */
export const sharedWork = async (
  pool: object,
  name: string,
  work: (signal: AbortSignal) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> => {
  signal?.throwIfAborted();
  const ofPool = works.get(pool) ?? new Map<string, Work>();
  works.set(pool, ofPool);
  const running = ofPool.get(name) ?? begin(ofPool, name, work);
  running.askers++;
  if (!signal) return running.result;
  const gone = Promise.withResolvers<never>();
  const leave = () => {
    running.askers--;
    if (running.askers === 0) {
      if (ofPool.get(name) === running) ofPool.delete(name);
      running.abort.abort(signal.reason);
    }
    gone.reject(signal.reason as Error);
  };
  signal.addEventListener("abort", leave, { once: true });
  return Promise.race([running.result, gone.promise]).finally(() => signal.removeEventListener("abort", leave));
};

const begin = (ofPool: Map<string, Work>, name: string, work: (signal: AbortSignal) => Promise<void>): Work => {
  const abort = new AbortController();
  const running: Work = { result: work(abort.signal), abort, askers: 0 };
  ofPool.set(name, running);
  const end = () => {
    if (ofPool.get(name) === running) ofPool.delete(name);
  };
  running.result.then(end, end);
  return running;
};
