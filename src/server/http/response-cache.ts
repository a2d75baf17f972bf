import type { HeaderMap, HTTPGraphQLResponse } from "@apollo/server";
import type { FastifyRequest } from "fastify";
import { sql } from "kysely";
import { LRUCache } from "lru-cache";
import { createHash } from "node:crypto";
import { type RouterCheck, TRACE_HEADER } from "../../access/router.ts";
import type { Reader } from "../../database/reader.ts";
import type { Params } from "../../graphql/params.ts";
import { dayOf } from "../../lib/time/date.ts";
import { observationOf } from "../running/observation.ts";
import { isSuccess, type WholeResponse, wholeResponse } from "./response.ts";

interface ResponseCacheOptions {
  /** Size in bytes of all entries; the least recently used are evicted. 0 disables the cache. */
  readonly keptAnswers: number;
  readonly clock: () => Date;
  readonly reader: () => Reader;
  readonly router: RouterCheck;
}

export interface ResponseCache {
  /** Cache key of a request; null if the response is not public. */
  readonly keyOf: (params: Params, headers: HeaderMap, request: FastifyRequest) => string | null;
  /** Returns the cached response, or executes and caches the new one if it has data and no errors. */
  readonly respond: (key: string, request: FastifyRequest, execute: () => Promise<HTTPGraphQLResponse>) => Promise<WholeResponse>;
}

export const responseCache = ({ keptAnswers, clock, reader, router }: ResponseCacheOptions): ResponseCache | null => {
  if (keptAnswers === 0) return null;
  const entries = new ResponseEntries<Observe>({ maximum: keptAnswers, version: () => databaseVersion(reader(), clock()) });
  return {
    keyOf: ({ query, operationName, variables, extensions }, headers, request) => {
      const { method } = request;
      const isShared = request.headers.authorization === undefined && !headers.has(TRACE_HEADER);
      if ((method !== "POST" && method !== "GET") || !isShared) return null;
      const isRouter = router.isRouter(request.headers);
      return JSON.stringify([method, query, operationName, variables, extensions, headers.get("accept"), isRouter]);
    },
    respond: async (key, request, execute) => {
      const found = await entries.respond(key, async () => {
        const response = wholeResponse(await execute());
        return { response, detail: isSuccess(response) ? observeLike(request) : null };
      });
      found.detail?.(request);
      return found.response;
    },
  };
};

type Observe = (later: FastifyRequest) => void;

/** Logs and metrics count a cached response like the original one, with one statement. */
const observeLike = (request: FastifyRequest): Observe => {
  const { operation, label, cost } = observationOf(request);
  return (later) => Object.assign(observationOf(later), { operation, label, cost, statements: 1 });
};

/**
 * The day and the PostgreSQL snapshot: equal snapshots show the same data, except that a crash may reuse transaction ids of aborted transactions. Null if other nodes write
 * data that this snapshot does not show.
 */
const databaseVersion = async (reader: Reader, now: Date): Promise<string | null> => {
  if (reader.isDistributed) return null;
  const [row] = await reader.rows(
    sql<{ snapshot: string }>`select concat_ws(' ', pg_postmaster_start_time(), pg_current_snapshot()) as snapshot`,
  );
  return `${dayOf(now)} ${row!.snapshot}`;
};

interface EntriesOptions {
  readonly maximum: number;
  /** Version of all data behind the responses: the same version means the same responses. Null if unavailable. */
  readonly version: () => Promise<string | null>;
}

interface Entry<T> {
  /** Null until the second request of its key. */
  readonly cached: { readonly response: WholeResponse; readonly version: string; readonly detail: T } | null;
  readonly bytes: number;
}

interface Detailed<T> {
  readonly response: WholeResponse;
  readonly detail: T | null;
}

const ENTRY_BYTES = 300;
/** Maximum share of the cache for one response. */
const LARGEST = 1 / 4;

/** Responses that are reused while the data version is unchanged. Each request looks the version up, so no response is stale. */
export class ResponseEntries<T> {
  readonly #entries: LRUCache<string, Entry<T>>;
  readonly #options: EntriesOptions;

  constructor(options: EntriesOptions) {
    this.#options = options;
    this.#entries = new LRUCache({ maxSize: options.maximum, sizeCalculation: ({ bytes }) => bytes });
  }

  async respond(key: string, work: () => Promise<Detailed<T>>): Promise<Detailed<T>> {
    const digest = createHash("sha256").update(key).digest("base64");
    const entry = this.#entries.peek(digest);
    if (!entry) {
      this.#entries.set(digest, { cached: null, bytes: ENTRY_BYTES });
      return { ...(await work()), detail: null };
    }
    const version = await this.#version();
    if (version !== null && entry.cached?.version === version) {
      this.#entries.set(digest, entry);
      return entry.cached;
    }
    const { response, detail } = await work();
    if (version !== null && detail !== null) void this.#store(digest, { response, version, detail });
    return { response, detail: null };
  }

  /** Stores the response only if the version did not change during execution. */
  async #store(digest: string, cached: NonNullable<Entry<T>["cached"]>): Promise<void> {
    const bytes = ENTRY_BYTES + cached.response.body.length;
    if (bytes <= this.#options.maximum * LARGEST && (await this.#version()) === cached.version)
      this.#entries.set(digest, { cached, bytes });
  }

  /** If the version cannot be read, the cache is skipped; the query itself will report the error. */
  #version(): Promise<string | null> {
    return this.#options.version().catch(() => null);
  }
}
