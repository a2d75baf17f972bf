import { setTimeout as sleep } from "node:timers/promises";
import type { Client, QueryConfig } from "pg";
import { errorText } from "./failure.ts";

/** Hears of a database that is lost, and of its return, once for each time. */
export interface LossListener {
  readonly lost: (reason: string) => void;
  readonly back: (ms: number) => void;
  /** It is lost, and cannot be brought back. */
  readonly dead: (error: unknown) => void;
}

/** A session that stays open, so that the end of its server shows at once. */
export interface WatchedSession {
  readonly client: Client;
  /** When its server was started, as the server says. */
  readonly startedAt: string;
}

export interface WatchedDatabase {
  /** @throws Error where no session can be had at present. */
  readonly reach: () => Promise<WatchedSession>;
  /** Starts a server that nobody else starts. @throws Error where it does not start. */
  readonly revive?: () => Promise<void>;
}

/** Between two looks whether a server that keeps the session still answers, and for how long its answer is waited for. */
const LOOK_MS = 5000;
const LOOK: QueryConfig = { text: "select 1", ...{ query_timeout: LOOK_MS } };
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1000;
/** So often a server that does not start is started again, for some seconds in all. */
const STARTS = 7;
/** One that has started may still be recovering for so long. */
const RECOVERY_MS = 60_000;

export const serverStartOf = async (client: Client): Promise<string> =>
  (await client.query<{ at: string }>("select pg_postmaster_start_time()::text as at")).rows[0]!.at;

/** Keeps a session, and gets another one where that is lost, however long that takes. */
export class DatabaseWatch {
  readonly #database: WatchedDatabase;
  readonly #ending = new AbortController();
  #session: WatchedSession | null;
  #following: Promise<void> = Promise.resolve();

  /** `first` is a session that is there already. */
  constructor(database: WatchedDatabase, first: WatchedSession | null) {
    this.#database = database;
    this.#session = first;
  }

  start(listener: LossListener): void {
    this.#following = this.#follow(listener).catch((error: unknown) => {
      if (!this.#ending.signal.aborted) listener.dead(error);
    });
  }

  /** From now on nothing is reported, nor brought back. @returns the session, which may be lost. */
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
        if (startedAt !== null && session.startedAt !== startedAt) report("it was started again");
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

/** The server is there, but all its connections are taken. */
const isFull = (error: unknown): boolean => (error as { readonly code?: unknown }).code === "53300";

/** Waits until the session is lost, or its server does not answer it any more. */
const lossOf = async (client: Client, signal: AbortSignal): Promise<void> => {
  const lost = new AbortController();
  const either = AbortSignal.any([lost.signal, signal]);
  client.once("end", () => lost.abort());
  while (!either.aborted) {
    await client.query(LOOK).catch(() => lost.abort());
    await sleep(LOOK_MS, undefined, { signal: either }).catch(() => {});
  }
};
