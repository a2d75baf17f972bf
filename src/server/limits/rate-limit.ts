import type { FastifyInstance, FastifyReply } from "fastify";
import { CompiledQuery } from "kysely";
import { LRUCache } from "lru-cache";
import { isIPv4, isIPv6 } from "node:net";
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import type { Pools } from "../../database/database.ts";
import type { Env } from "../env.ts";
import { refusalOf, sendRefusal } from "../http/status.ts";
import { isHealth } from "../running/health.ts";
import { countedBy } from "./counted-by.ts";
import { validCredentials } from "./valid-credentials.ts";

export interface RateOptions extends Pick<Env, "rateAddress" | "rateKey" | "rateStore"> {
  /** Store for `database`; while it is unavailable, each process counts alone. */
  readonly pools: () => Pools | null;
  readonly limited?: (by: "address" | "key") => void;
  /** Checks a credential for an address with too many invalid ones; without it, none is checked. */
  readonly holds?: (authorization: string) => Promise<boolean>;
}

const MINUTE = 60;
/** Number of groups of an IPv6 address that a provider assigns to one client. */
const NETWORK_GROUPS = 4;

/**
 * Limits requests per minute: by key and unit for valid credentials, by address otherwise. After too many invalid credentials from an address, only those valid before are
 * checked. Must be registered before authentication in `onRequest`.
 */
export const limitRates = (app: FastifyInstance, options: RateOptions): void => {
  const { rateAddress, rateKey, limited = () => {}, holds = async () => false } = options;
  const valid = validCredentials(holds);
  const byAddress = createLimiter("address", rateAddress, options);
  const byKey = createLimiter("key", rateKey, options);
  const failures = rateAddress > 0 ? new RateLimiterMemory({ keyPrefix: "failure", points: rateAddress, duration: MINUTE }) : null;

  app.addHook("onRequest", async (request, reply) => {
    if (isHealth(request.url)) return undefined;
    const network = networkOf(request.ip);
    const { authorization } = request.headers;
    const over = authorization !== undefined ? await spent(failures, network) : await byAddress(network);
    if (over === null || (authorization !== undefined && (await valid.isAllowed(authorization, network)))) return undefined;
    return refuse(reply, over, () => limited("address"), "this address");
  });
  app.addHook("preParsing", async (request, reply) => {
    const { viewer, headers } = request;
    if (!viewer || isHealth(request.url)) return;
    if (headers.authorization !== undefined) valid.add(headers.authorization);
    for (const { by, whose } of countedBy(viewer)) {
      const over = await byKey(by);
      if (over === null) continue;
      await refuse(reply, over, () => limited("key"), whose);
      return;
    }
  });
  app.addHook("onResponse", async ({ url, ip, viewer, headers: { authorization } }, { statusCode }) => {
    // A credential that could not be checked is not invalid.
    if (isHealth(url) || authorization === undefined || viewer || statusCode === 503) return;
    if (statusCode === 401) valid.remove(authorization);
    const network = networkOf(ip);
    await failures?.consume(network).catch(() => {});
    await byAddress(network);
  });
};

/** Returns seconds until the next request, or null if this one is allowed. */
type Limiter = (key: string) => Promise<number | null>;

const createLimiter = (keyPrefix: string, points: number, { rateStore, pools }: RateOptions): Limiter => {
  if (points === 0) return async () => null;
  const counting = { keyPrefix, points, duration: MINUTE };
  const memory = new RateLimiterMemory(counting);
  const limiter =
    rateStore === "memory"
      ? memory
      : new RateLimiterPostgres({
          ...counting,
          ...{ storeClient: { query: queryOf(pools) }, storeType: "pool", tableName: "rate_limit", tableCreated: true },
          insuranceLimiter: memory,
          inMemoryBlockOnConsumed: points + 1,
        });
  return async (key) => {
    try {
      await limiter.consume(key);
      return null;
    } catch (error) {
      if (error instanceof RateLimiterRes) return secondsOf(error);
      throw error;
    }
  };
};

const spent = async (limiter: RateLimiterMemory | null, key: string): Promise<number | null> => {
  const found = await limiter?.get(key);
  return found && found.remainingPoints === 0 ? secondsOf(found) : null;
};

const secondsOf = ({ msBeforeNext }: RateLimiterRes): number => Math.max(1, Math.ceil(msBeforeNext / 1000));

const queryOf =
  (pools: () => Pools | null) =>
  async ({ text, values = [] }: { text: string; values?: unknown[] }) => {
    const open = pools();
    if (!open || open.waiting() >= open.limits.poolQueue) throw new Error("The database is busy or unavailable");
    const { rows } = await open.requests.em.fork().getKysely().executeQuery(CompiledQuery.raw(text, values));
    return { rows, rowCount: rows.length };
  };

/** Networks of the last addresses, because to read an address takes longer than to count it. */
const networks = new LRUCache<string, string>({ max: 10_000 });

export const networkOf = (address: string): string => {
  const known = networks.get(address);
  if (known !== undefined) return known;
  const network = readNetwork(address);
  networks.set(address, network);
  return network;
};

const readNetwork = (address: string): string => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped && isIPv4(mapped)) return mapped;
  if (!isIPv6(address)) return address;
  const [head = "", tail] = address.split("%")[0]!.split("::");
  const before = head ? head.split(":") : [];
  const after = tail ? tail.split(":") : [];
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => "0");
  const groups = [...before, ...zeros, ...after].slice(0, NETWORK_GROUPS).map((group) => Number.parseInt(group, 16).toString(16));
  return `${groups.join(":")}::/64`;
};

const refuse = async (reply: FastifyReply, seconds: number, count: () => void, whose: string): Promise<FastifyReply> => {
  count();
  const message = `Too many requests from ${whose} within a minute; try again in ${seconds} s`;
  return sendRefusal(reply, refusalOf("RATE_LIMITED", message, { retryAfter: seconds }));
};
