import { type EntityManager, IsolationLevel } from "@mikro-orm/postgresql";
import { setTimeout as sleep } from "node:timers/promises";
import type { Pools } from "./database.ts";
import type { DomainError } from "../lib/errors.ts";
import { busy, failureOf, gaveWay, isCancelled, isLost, isOfDatabase, slow, unsure } from "./failure.ts";
import { Gate, throughGates } from "./gate.ts";
import { oneAtATime, type Turn } from "./one-at-a-time.ts";
import { enterScope, type RowScope, settingsOf } from "./row-scope.ts";
import { takingRows } from "./taken-rows.ts";
import type { Compiles, Query } from "./template.ts";
import { sendTogether } from "./together.ts";

/** Number of attempts of a transaction that PostgreSQL rolled back in favour of another. */
const ATTEMPTS = 3;

export interface Rows {
  readonly rows: <R>(query: Query<R>) => Promise<R[]>;
}

/** Cancels statements of read transactions. */
const signals = new WeakMap<EntityManager, AbortSignal>();

export const rowsOf = (em: EntityManager): Rows => ({
  rows: async (query) => (await query.execute(em.getKysely(), abortedBy(signals.get(em)))).rows,
});

export type Around = <T>(text: () => string, run: () => Promise<T>) => Promise<T>;

export interface Share {
  readonly gates: readonly Gate[];
  readonly statementMs: number;
}

/** Connections that one request may hold at once; its next statement waits for one of them. */
const CONNECTIONS = 3;
/** The maximum of a timer; each statement ends earlier. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** A statement without values at the start of each change of a request, whose rows decide whether the change may go on. */
export interface WriteGuard {
  readonly statement: Compiles;
  /** @throws DomainError if the change must not go on. */
  readonly check: (rows: readonly unknown[]) => void;
}

export interface Making {
  readonly isSnapshot: boolean;
  readonly signal: AbortSignal | undefined;
}

/** The reader and writer of one request: its statements end with it, and each failure has an error code. */
export class Reader implements Rows {
  readonly #pools: Pools;
  readonly #signal: AbortSignal | undefined;
  readonly #share: Share | undefined;
  readonly #gates: readonly Gate[];
  statements = 0;
  around: Around = (_text, run) => run();
  guard: WriteGuard | null = null;
  /** Set when the database failed to answer a read of this request. */
  #failure: DomainError | null = null;
  #isRepeated = false;

  constructor(pools: Pools, signal?: AbortSignal, share?: Share) {
    this.#pools = pools;
    this.#signal = signal;
    this.#share = share;
    this.#gates = [new Gate({ size: CONNECTIONS, queue: Infinity, waitMs: LONGEST_WAIT_MS }), ...(share?.gates ?? [])];
  }

  /** The same object for all readers of one database. */
  get database(): object {
    return this.#pools;
  }

  /** True if Citus distributes the tables, which not all statements support. */
  get isDistributed(): boolean {
    return this.#pools.isDistributed;
  }

  /** For work done once for all callers. */
  async build<T>(work: (em: EntityManager, turn: Turn) => Promise<T>): Promise<T> {
    this.#refuseRepeated();
    try {
      return await work(this.#pools.builds.em.fork(), { signal: this.#signal });
    } catch (error) {
      throw this.#noted(error);
    }
  }

  /** Repeats failed work. If the database failed to answer, no further statement is sent, and all pending reads fail alike. */
  async again<T>(work: () => Promise<T>): Promise<T> {
    this.#isRepeated = true;
    try {
      return await work();
    } finally {
      this.#isRepeated = false;
      this.#failure = null;
    }
  }

  #refuseRepeated(): void {
    if (this.#isRepeated && this.#failure) throw this.#failure;
  }

  #noted(error: unknown): unknown {
    const failure = failureOf(error);
    if (isOfDatabase(failure)) this.#failure ??= failure;
    return failure;
  }

  /** A transaction that builds data for readers, with or without one snapshot. Statements by `rowsOf` end with the signal. */
  async making<T>(scope: RowScope, work: (em: EntityManager) => Promise<T>, { isSnapshot, signal }: Making): Promise<T> {
    const isolationLevel = isSnapshot ? IsolationLevel.REPEATABLE_READ : IsolationLevel.READ_COMMITTED;
    return this.build((em) =>
      em.transactional(
        async (inside) => {
          if (signal) signals.set(inside, signal);
          await enterScope(inside, scope);
          return work(inside);
        },
        { isolationLevel },
      ),
    );
  }

  async rows<R>(query: Query<R>): Promise<R[]> {
    this.#refuseRepeated();
    this.#enter();
    return this.#passing(() => this.#inTime((signal) => this.#rows(query, signal))).catch((error: unknown) =>
      Promise.reject(this.#noted(error)),
    );
  }

  /** Gives each row as it comes. */
  async each<R>(query: Query<R>, take: (row: R) => void): Promise<void> {
    await this.rows(takingRows(query, take));
  }

  async #rows<R>(query: Query<R>, signal: AbortSignal | undefined): Promise<R[]> {
    // Same client as an entity manager would use outside of transactions, but several times as fast.
    const kysely = this.#pools.requests.em.getConnection().getClient();
    const run = () => query.execute(kysely, abortedBy(signal));
    const send = async () => (await this.around(() => query.compile(kysely).sql, run)).rows;
    // A read is retried once if the connection was lost, as by a restart of the server, or if another statement's cancellation hit it.
    const isRepeated = (error: unknown) => !query.hasBegun?.() && (isLost(error) || (isCancelled(error) && !signal?.aborted));
    return send().catch((error: unknown) => (isRepeated(error) ? send() : Promise.reject(error)));
  }

  async #passing<T>(work: () => Promise<T>): Promise<T> {
    return throughGates(this.#gates, () => {
      // The client may have disconnected during the wait.
      this.#signal?.throwIfAborted();
      return work();
    });
  }

  /** Applies the statement timeout of callers that share. */
  async #inTime<T>(work: (signal: AbortSignal | undefined) => Promise<T>): Promise<T> {
    if (!this.#share) return work(this.#signal);
    const ending = new AbortController();
    const leave = () => ending.abort(this.#signal!.reason);
    const timer = setTimeout(() => ending.abort(slow()), this.#share.statementMs);
    // AbortSignal.any takes several times as long as the rest of this function.
    this.#signal?.addEventListener("abort", leave);
    try {
      return await work(ending.signal);
    } catch (error) {
      throw ending.signal.aborted && !this.#signal?.aborted ? ending.signal.reason : error;
    } finally {
      this.#signal?.removeEventListener("abort", leave);
      clearTimeout(timer);
    }
  }

  /** Reads rows that row-level security hides outside the scope. */
  scoped(scope: RowScope): Rows {
    const read = <R>(query: Query<R>) => {
      const run = async (em: EntityManager) => (await query.execute(em.getKysely(), abortedBy(this.#signal))).rows;
      return this.#passing(() => this.#within(this.#pools.requests.em.fork(), scope, run));
    };
    return {
      rows: async (query) => {
        this.#refuseRepeated();
        return read(query).catch((error: unknown) => Promise.reject(this.#noted(error)));
      },
    };
  }

  /** One atomic transaction within the scope. A started write ends even if its client disconnects. */
  write<T>(scope: RowScope, work: (em: EntityManager) => Promise<T>): Promise<T> {
    return this.writeFrom(scope, [], work);
  }

  /** The same, whose first statements go in the message that begins it. */
  writeFrom<T>(
    scope: RowScope,
    first: readonly Compiles[],
    work: (em: EntityManager, rows: readonly unknown[][]) => Promise<T>,
  ): Promise<T> {
    const { guard } = this;
    const begin = async (em: EntityManager) => {
      const guarding = guard ? [guard.statement] : [];
      const rows = await sendTogether(em, [...settingsOf(scope, this.isDistributed), ...guarding, ...first]);
      const start = rows.length - first.length;
      guard?.check(rows[start - 1]!);
      return work(em, rows.slice(start));
    };
    return this.#passing(() => this.#attempt(this.#pools.requests.em.fork(), begin));
  }

  /** For changes that take a lock of shared builds, which excludes changes of units too: waits for its turn without holding a request's connection. */
  writePatiently<T>(scope: RowScope, work: (em: EntityManager) => Promise<T>): Promise<T> {
    return this.build((em) => oneAtATime(em, () => this.#within(em, scope, work), { lane: "CHANGES" }));
  }

  #within<T>(em: EntityManager, scope: RowScope, work: (em: EntityManager) => Promise<T>): Promise<T> {
    return this.#attempt(em, async (inside) => {
      await enterScope(inside, scope);
      return work(inside);
    });
  }

  async #attempt<T>(em: EntityManager, work: (em: EntityManager) => Promise<T>): Promise<T> {
    this.#enter();
    for (let attempt = 1; ; attempt++) {
      try {
        const run = () => em.transactional(work);
        return await this.around(() => "begin … commit", run);
      } catch (error) {
        if (!gaveWay(error) || attempt === ATTEMPTS) throw isLost(error) ? unsure(error) : failureOf(error);
        await sleep(Math.random() * 50 * attempt);
      }
    }
  }

  #enter(): void {
    this.statements++;
    if (this.#pools.waiting() >= this.#pools.limits.poolQueue && this.#pools.limits.poolQueue > 0) throw busy();
  }
}

const abortedBy = (signal: AbortSignal | undefined) => (signal ? ({ signal, inflightQueryAbortStrategy: "cancel query" } as const) : {});
