const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs work that SIGINT and SIGTERM abort; it then fails with this outcome. */
export const stoppable = async (outcome: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> => {
  const stopping = new AbortController();
  const stop = (signal: NodeJS.Signals) => stopping.abort(new Error(`stopped by ${signal}; ${outcome}`));
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    await work(stopping.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
};
