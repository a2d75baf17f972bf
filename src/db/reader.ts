import { type EntityManager, IsolationLevel } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import { setTimeout as sleep } from "node:timers/promises";
import type { Pools } from "./database.ts";
import { busy, failureOf, gaveWay, isCancelled, isLost, unsure } from "./failure.ts";
import { oneAtATime, type Turn } from "./one-at-a-time.ts";

/** How often a transaction that gave way to another one is tried. */
const ATTEMPTS = 3;

/** What row-level security lets a transaction see and write: grants as `unit:edition`, by commas. */
export interface RowScope {
  readonly reads: string;
  readonly writes: string;
}

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

export interface Making {
  readonly isSnapshot: boolean;
  readonly signal: AbortSignal | undefined;
}

/** What one request reads and writes through: its statements end with it, and each failure has a code. */
export class Reader implements Rows {
  readonly #pools: Pools;
  readonly #signal: AbortSignal | undefined;
  /** Statements that this request has sent; for the metrics. */
  statements = 0;
  around: Around = (_text, run) => run();

  constructor(pools: Pools, signal?: AbortSignal) {
    this.#pools = pools;
    this.#signal = signal;
  }

  /** Whether tables are laid out over several nodes, which cannot all be read in the same way. */
  get isDistributed(): boolean {
    return this.#pools.isDistributed;
  }

  /** For what is made once for everybody, whoever asked first. */
  async build<T>(work: (em: EntityManager, turn: Turn) => Promise<T>): Promise<T> {
    try {
      return await work(this.#pools.builds.em.fork(), { signal: this.#signal });
    } catch (error) {
      throw failureOf(error);
    }
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
    this.#enter();
    const kysely = this.#pools.requests.em.fork().getKysely();
    const run = () => query.execute(kysely, this.#abort());
    const send = async () => (await this.around(() => query.compile(kysely).sql, run)).rows;
    // A read is repeated once where the connection was lost, as that of a restarted server is, or where another's cancellation met it.
    const isRepeated = (error: unknown) => isLost(error) || (isCancelled(error) && !this.#signal?.aborted);
    return send()
      .catch((error: unknown) => (isRepeated(error) ? send() : Promise.reject(error)))
      .catch((error: unknown) => Promise.reject(failureOf(error)));
  }

  /** Reads what row-level security hides outside the scope. */
  scoped(scope: RowScope): Rows {
    return { rows: (query) => this.write(scope, async (em) => (await query.execute(em.getKysely(), this.#abort())).rows) };
  }

  /** One transaction within the scope: all of it or nothing. A write that has begun ends even when its client is gone. */
  write<T>(scope: RowScope, work: (em: EntityManager) => Promise<T>): Promise<T> {
    return this.#write(this.#pools.requests.em.fork(), scope, work);
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

  #abort() {
    return endingWith(this.#signal);
  }
}

/** Until the end of the transaction. By SET LOCAL, for of all ways to set it Citus tells its other nodes of that one only. */
export const enterScope = async (em: EntityManager, { reads, writes }: RowScope): Promise<void> => {
  await sql`set local cchc.reads = ${sql.lit(reads)}; set local cchc.writes = ${sql.lit(writes)}`.execute(em.getKysely());
};
