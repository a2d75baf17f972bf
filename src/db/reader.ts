import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import type { Pools } from "./database.ts";
import { busy, failureOf } from "./failure.ts";

/** What row-level security lets a transaction see and write: grants as `unit:edition`, by commas. */
export interface RowScope {
  readonly reads: string;
  readonly writes: string;
}

/** What loaders need of a reader. */
export interface Rows {
  rows<R>(query: RawBuilder<R>): Promise<R[]>;
}

/** The statements of an entity manager, such as one inside a transaction, for what takes a reader. */
export const rowsOf = (em: EntityManager): Rows => ({ rows: async (query) => (await query.execute(em.getKysely())).rows });

/** Runs a statement, of which it may tell, such as in a span of a trace. */
export type Around = <T>(text: () => string, run: () => Promise<T>) => Promise<T>;

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

  /** For what is made once for everybody, whoever asked first. */
  get builds(): EntityManager {
    return this.#pools.builds.em.fork();
  }

  /** @throws DomainError SERVICE_UNAVAILABLE or TIMEOUT where the database does not answer. */
  async rows<R>(query: RawBuilder<R>): Promise<R[]> {
    this.#enter();
    try {
      const kysely = this.#pools.requests.em.fork().getKysely();
      const run = () => query.execute(kysely, this.#abort());
      return (await this.around(() => query.compile(kysely).sql, run)).rows;
    } catch (error) {
      throw failureOf(error);
    }
  }

  /** Reads what row-level security hides outside the scope. */
  scoped(scope: RowScope): Rows {
    return { rows: (query) => this.write(scope, async (em) => (await query.execute(em.getKysely(), this.#abort())).rows) };
  }

  /** One transaction within the scope: all of it or nothing. A write that has begun ends even when its client is gone. */
  async write<T>(scope: RowScope, work: (em: EntityManager) => Promise<T>): Promise<T> {
    this.#enter();
    try {
      const run = () =>
        this.#pools.requests.em.fork().transactional(async (em) => {
          await enterScope(em, scope);
          return work(em);
        });
      return await this.around(() => "begin … commit", run);
    } catch (error) {
      throw failureOf(error);
    }
  }

  #enter(): void {
    this.statements++;
    if (this.#pools.waiting() >= this.#pools.limits.poolQueue && this.#pools.limits.poolQueue > 0) throw busy();
  }

  #abort() {
    return this.#signal ? ({ signal: this.#signal, inflightQueryAbortStrategy: "cancel query" } as const) : {};
  }
}

/** Until the end of the transaction. */
export const enterScope = async (em: EntityManager, { reads, writes }: RowScope): Promise<void> => {
  await sql`select set_config('cchc.reads', ${reads}, true), set_config('cchc.writes', ${writes}, true)`.execute(em.getKysely());
};
