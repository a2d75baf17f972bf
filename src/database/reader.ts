import { type EntityManager, IsolationLevel } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import { setTimeout as sleep } from "node:timers/promises";
import type { Pools } from "./database.ts";
import type { DomainError } from "../lib/errors.ts";
import { busy, failureOf, gaveWay, isCancelled, isLost, isOfDatabase, slow, unsure } from "./failure.ts";
import { Gate } from "./gate.ts";
import { oneAtATime, type Turn } from "./one-at-a-time.ts";

/** How often a transaction that gave way to another one is tried. */
const ATTEMPTS = 3;

/** What row-level security lets a transaction see and write: grants as `unit:edition`, by commas. */
export interface RowScope {
  readonly reads: string;
  readonly writes: string;
}

/** Of what is worked out for everybody: it covers nothing, and within it counters are read as within any scope. */
export const PUBLIC_SCOPE: RowScope = { reads: "0:0", writes: "" };

/** What loaders need of a reader. */
export interface Rows {
  readonly rows: <R>(query: RawBuilder<R>) => Promise<R[]>;
}

/** With what the statements of transactions end that are made for readers. */
const signals = new WeakMap<EntityManager, AbortSignal>();

/** The statements of an entity manager, such as one inside a transaction, for what takes a reader. */
export const rowsOf = (em: EntityManager): Rows => ({
  rows: async (query) => (await query.execute(em.getKysely(), endingWith(signals.get(em)))).rows,
});

const endingWith = (signal: AbortSignal | undefined) => (signal ? ({ signal, inflightQueryAbortStrategy: "cancel query" } as const) : {});

/** Runs a statement, of which it may tell, such as in a span of a trace. */
export type Around = <T>(text: () => string, run: () => Promise<T>) => Promise<T>;

/** What a caller shares with others like it. */
export interface Share {
  /** What each statement goes through, in this order. */
  readonly gates: readonly Gate[];
  /** A statement of theirs that takes longer is cancelled. */
  readonly statementMs: number;
}

/** Connections that one request holds at once; the next statement waits for one of them, however many others ask meanwhile. */
const CONNECTIONS = 3;
/** What a timer can hold: each statement before it ends by itself. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

export interface Making {
  readonly isSnapshot: boolean;
  readonly signal: AbortSignal | undefined;
}

/** What one request reads and writes through: its statements end with it, and each failure has a code. */
export class Reader implements Rows {
  readonly #pools: Pools;
  readonly #signal: AbortSignal | undefined;
  readonly #share: Share | undefined;
  readonly #own = new Gate({ size: CONNECTIONS, queue: Infinity, waitMs: LONGEST_WAIT_MS });
  /** Statements that this request has sent; for the metrics. */
  statements = 0;
  around: Around = (_text, run) => run();
  /** That the database did not answer a read of this request. */
  #failure: DomainError | null = null;
  #isRepeated = false;

  constructor(pools: Pools, signal?: AbortSignal, share?: Share) {
    this.#pools = pools;
    this.#signal = signal;
    this.#share = share;
  }

  /** Whether tables are laid out over several nodes, which cannot all be read in the same way. */
  get isDistributed(): boolean {
    return this.#pools.isDistributed;
  }

  /** For what is made once for everybody, whoever asked first. */
  async build<T>(work: (em: EntityManager, turn: Turn) => Promise<T>): Promise<T> {
    this.#refuseRepeated();
    try {
      return await work(this.#pools.builds.em.fork(), { signal: this.#signal });
    } catch (error) {
      throw this.#noted(error);
    }
  }

  /** Runs anew what has failed: where the database did not answer, nothing more is sent to it, and all that is not known yet fails alike. */
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

  /** A transaction of what is made for readers: of one snapshot, or of what is there by then. Statements by `rowsOf` end with the signal. */
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

  /** @throws DomainError SERVICE_UNAVAILABLE or TIMEOUT where the database does not answer. */
  async rows<R>(query: RawBuilder<R>): Promise<R[]> {
    this.#refuseRepeated();
    this.#enter();
    return this.#passing(() => this.#inTime((signal) => this.#rows(query, signal))).catch((error: unknown) =>
      Promise.reject(this.#noted(error)),
    );
  }

  async #rows<R>(query: RawBuilder<R>, signal: AbortSignal | undefined): Promise<R[]> {
    // What an entity manager of its own would give outside of transactions, and takes several times as long to make.
    const kysely = this.#pools.requests.em.getConnection().getClient();
    const run = () => query.execute(kysely, abortedBy(signal));
    const send = async () => (await this.around(() => query.compile(kysely).sql, run)).rows;
    // A read is repeated once where the connection was lost, as that of a restarted server is, or where another's cancellation met it.
    const isRepeated = (error: unknown) => isLost(error) || (isCancelled(error) && !signal?.aborted);
    return send().catch((error: unknown) => (isRepeated(error) ? send() : Promise.reject(error)));
  }

  /** Through all gates, from the narrowest to the widest: whoever waits keeps no place that others could use. */
  async #passing<T>(work: () => Promise<T>): Promise<T> {
    const gates = [this.#own, ...(this.#share?.gates ?? [])];
    const enter = gates.reduceRight<() => Promise<T>>(
      (inside, gate) => () => gate.through(inside),
      async () => {
        // Its client may have left while it waited.
        this.#signal?.throwIfAborted();
        return work();
      },
    );
    return enter();
  }

  /** Cancels what takes longer than those may take who share with others. */
  async #inTime<T>(work: (signal: AbortSignal | undefined) => Promise<T>): Promise<T> {
    if (!this.#share) return work(this.#signal);
    const ending = new AbortController();
    const leave = () => ending.abort(this.#signal!.reason);
    const timer = setTimeout(() => ending.abort(slow()), this.#share.statementMs);
    // AbortSignal.any would do the same, and take several times as long as the rest of this.
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

  /** Reads what row-level security hides outside the scope. */
  scoped(scope: RowScope): Rows {
    const read = <R>(query: RawBuilder<R>) =>
      this.write(scope, async (em) => (await query.execute(em.getKysely(), abortedBy(this.#signal))).rows);
    return {
      rows: async (query) => {
        this.#refuseRepeated();
        return read(query).catch((error: unknown) => Promise.reject(this.#noted(error)));
      },
    };
  }

  /** One transaction within the scope: all of it or nothing. A write that has begun ends even when its client is gone. */
  write<T>(scope: RowScope, work: (em: EntityManager) => Promise<T>): Promise<T> {
    return this.#passing(() => this.#write(this.#pools.requests.em.fork(), scope, work));
  }

  /** The same for what takes a lock that those who build hold: it waits for its turn as they do, and keeps no request's connection. */
  writePatiently<T>(scope: RowScope, work: (em: EntityManager) => Promise<T>): Promise<T> {
    return this.build((em) => oneAtATime(em, () => this.#write(em, scope, work), { lane: "CHANGES" }));
  }

  async #write<T>(em: EntityManager, scope: RowScope, work: (em: EntityManager) => Promise<T>): Promise<T> {
    this.#enter();
    for (let attempt = 1; ; attempt++) {
      try {
        const run = () =>
          em.fork().transactional(async (inside) => {
            await enterScope(inside, scope);
            return work(inside);
          });
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

/** Until the end of the transaction. By SET LOCAL, for of all ways to set it Citus tells its other nodes of that one only. */
export const enterScope = async (em: EntityManager, { reads, writes }: RowScope): Promise<void> => {
  await sql`set local cchc.reads = ${sql.lit(reads)}; set local cchc.writes = ${sql.lit(writes)}`.execute(em.getKysely());
};
