import type { FastifyInstance } from "fastify";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../../database/database.ts";
import { refusalOf, sendRefusal } from "../http/status.ts";
import { isHealth } from "./health.ts";

export interface Draining {
  readonly isStopping: () => boolean;
  /** Refuses new requests, waits for the running ones up to the given time, and closes the rest. */
  readonly stop: (graceMs: number) => Promise<void>;
}

const STOPPING = refusalOf("SERVICE_UNAVAILABLE", "This instance is stopping; try again", { retryAfter: 1 });

/** Tracks running requests, so that neither idle nor slow connections delay the shutdown. */
export const drainable = (app: FastifyInstance): Draining => {
  const running = new Set<ServerResponse>();
  let isStopping = false;
  let allDone = () => {};
  app.addHook("onRequest", (request, reply, done) => {
    if (isStopping) void reply.header("connection", "close");
    if (isStopping && !isHealth(request.url)) return void sendRefusal(reply, STOPPING);
    running.add(reply.raw);
    reply.raw.once("close", () => {
      running.delete(reply.raw);
      if (running.size === 0) allDone();
    });
    return done();
  });
  app.addHook("onSend", (_request, reply, payload, done) => {
    if (isStopping) void reply.header("connection", "close");
    done(null, payload);
  });
  return {
    isStopping: () => isStopping,
    stop: async (graceMs) => {
      isStopping = true;
      const finished = new Promise<void>((done) => (allDone = done));
      const closed = app.close();
      if (running.size > 0) await within(finished, graceMs);
      app.server.closeAllConnections();
      await closed;
    },
  };
};

const within = async (work: Promise<unknown>, ms: number): Promise<boolean> => {
  const over = new AbortController();
  const late = sleep(ms, false, { signal: over.signal }).catch(() => false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    over.abort();
  }
};

/** A started write may end; shared builds are repeated by the next caller. */
const WRITES_MS = 1000;
/** A server that no longer answers does not delay the shutdown further. */
const LONGEST_CLOSE_MS = 5000;

/** Closes the database after the last request and cancels running statements. */
export const closeDatabase = async (database: Database): Promise<void> => {
  const cancel = (what: "BUILDS" | "ALL") => within(database.cancel(what), WRITES_MS).catch(() => false);
  await cancel("BUILDS");
  const closed = database.close();
  if (await within(closed, WRITES_MS)) return;
  await cancel("ALL");
  await within(closed, LONGEST_CLOSE_MS);
};
