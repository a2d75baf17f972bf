import { setTimeout as sleep } from "node:timers/promises";
import type { Client, QueryConfig } from "pg";
import { errorText } from "./failure.ts";

/** Called once each time the database is lost and returns. */
export interface LossListener {
  readonly lost: (reason: string) => void;
  readonly back: (ms: number) => void;
  readonly dead: (error: unknown) => void;
}

/** An open session, whose end shows at once that the server ended. */
export interface WatchedSession {
  readonly client: Client;
  readonly startedAt: string;
}

export interface WatchedDatabase {
  readonly reach: () => Promise<WatchedSession>;
  /** Starts a server that this process owns. @throws Error if it does not start. */
  readonly revive?: () => Promise<void>;
}

const LOOK_MS = 5000;
const LOOK: QueryConfig = { text: "select 1", ...{ query_timeout: LOOK_MS } };
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1000;
const STARTS = 7;
const RECOVERY_MS = 60_000;

export const serverStartOf = async (client: Client): Promise<string> =>
  (await client.query<{ at: string }>("select pg_postmaster_start_time()::text as at")).rows[0]!.at;

/** Holds a session, and reconnects indefinitely when it is lost. */
export class DatabaseWatch {
  readonly #database: WatchedDatabase;
  readonly #ending = new AbortController();
  #session: WatchedSession | null;
  #following: Promise<void> = Promise.resolve();

  constructor(database: WatchedDatabase, first: WatchedSession | null) {
    this.#database = database;
    this.#session = first;
  }

  start(listener: LossListener): void {
    this.#following = this.#follow(listener).catch((error: unknown) => {
      if (!this.#ending.signal.aborted) listener.dead(error);
    });
  }

  /** Stops reporting and reconnecting. @returns the session, which may be lost. */
  async end(): Promise<WatchedSession | null> {
    this.#ending.abort();
    await this.#following;
    return this.#session;
  }

  async #follow(listener: LossListener): Promise<void> {
    const { signal } = this.#ending;
    for (;;) {
      this.#session ??= await this.#regain(null, listener);
      const { client, startedAt } = this.#session;
      await lossOf(client, signal);
      if (signal.aborted) return;
      client.end().catch(() => {});
      this.#session = await this.#regain(startedAt, listener);
    }
  }

  async #regain(startedAt: string | null, listener: LossListener): Promise<WatchedSession> {
    const began = performance.now();
    let isReported = false;
    const report = (reason: string) => {
      if (!isReported && !this.#ending.signal.aborted) listener.lost(reason);
      isReported = true;
    };
    let starts = 0;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        const session = await this.#database.reach();
        if (startedAt !== null && session.startedAt !== startedAt) report("the server was restarted");
        if (isReported) listener.back(performance.now() - began);
        return session;
      } catch (error) {
        if (!isFull(error)) report(errorText(error));
        if (this.#database.revive && performance.now() - began > RECOVERY_MS) throw error;
      }
      this.#ending.signal.throwIfAborted();
      await this.#database.revive?.().catch((error: unknown) => {
        if (++starts === STARTS) throw error;
      });
      await sleep(pause, undefined, { signal: this.#ending.signal });
    }
  }
}

const isFull = (error: unknown): boolean => (error as { readonly code?: unknown }).code === "53300";

const lossOf = async (client: Client, signal: AbortSignal): Promise<void> => {
  const lost = new AbortController();
  const either = AbortSignal.any([lost.signal, signal]);
  client.once("end", () => lost.abort());
  while (!either.aborted) {
    await client.query(LOOK).catch(() => lost.abort());
    await sleep(LOOK_MS, undefined, { signal: either }).catch(() => {});
  }
};
