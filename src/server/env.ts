import { isIP } from "node:net";
import { variableOf } from "../lib/text.ts";
import { isLink, unknownVariables } from "./unknown-variables.ts";

/** One setting of the environment: its parser, its default and its meaning. */
interface Setting<T> {
  /** Text of the default; empty if there is none. */
  readonly fallback: string;
  readonly meaning: string;
  readonly read: (text: string) => T;
  readonly secret?: true;
}

const fail = (accepted: string): never => {
  throw new Error(accepted);
};

const whole =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    return /^\d{1,12}$/.test(text) && value >= min && value <= max ? value : fail(`must be a whole number from ${min} to ${max}`);
  };

const oneOf =
  <const T extends string>(...values: readonly T[]) =>
  (text: string): T =>
    values.find((value) => value === text) ?? fail(`must be one of ${values.join(", ")}`);

const onOff = (text: string): boolean => oneOf("on", "off")(text) === "on";
const text = (given: string): string | null => given || null;

const secretText = (given: string): string | null =>
  given === "" || given.length >= 16 ? given || null : fail("must have at least 16 characters");

const port = (given: string): number =>
  /^\d{1,5}$/.test(given) && Number(given) <= 65_535 ? Number(given) : fail(`"${given}" is not a port; must be a number from 0 to 65535`);

/** Addresses, or ranges as address/bits, separated by commas. */
const addresses = (given: string): string | null => {
  const wrong = given.split(",").find((one) => {
    const [, address, bits = "0"] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(one.trim()) ?? [];
    const kind = isIP(address ?? "");
    return kind === 0 || Number(bits) > (kind === 4 ? 32 : 128);
  });
  if (given === "" || wrong === undefined) return given || null;
  return fail(`"${wrong}" is not an address; must be addresses such as 10.0.0.7, 10.0.0.0/8 and ::1, separated by commas`);
};

/** Origins as browsers send them, separated by commas, or `*` for all. */
const origins = (given: string): string | null => {
  if (given === "" || given === "*") return given || null;
  const all = given.split(",").map((one) => one.trim());
  const wrong = all.find((one) => originOf(one) !== one);
  if (wrong === undefined) return all.join(",");
  const origin = originOf(wrong);
  return fail(
    `"${wrong}" is not an origin${origin === null ? "" : `; its origin is ${origin}`}; must be origins such as https://app.example.vn, separated by commas, or * alone for all`,
  );
};

const originOf = (address: string): string | null => {
  if (address.includes("*") || !/^https?:/i.test(address) || !URL.canParse(address)) return null;
  return new URL(address).origin;
};

const databaseUrl = (given: string): string | null =>
  given === "" || /^postgres(ql)?:\/\/[^?]*\/[^/?]/.test(given)
    ? given || null
    : fail("must be postgresql://user:password@host:port/database");

const setting = <T>(fallback: string, meaning: string, read: (text: string) => T, secret?: true): Setting<T> => ({
  ...{ fallback, meaning, read },
  ...(secret && { secret }),
});

/** All settings by property; the variable is the property in capitals: statementMs is STATEMENT_MS. */
export const SETTINGS = {
  port: setting("4000", "port of the service; 0 selects a free one", port),
  host: setting("127.0.0.1", "address on which the service listens", (given) => given),
  databaseUrl: setting(
    "",
    "PostgreSQL 15 or newer, without Citus: `postgresql://user:password@host:port/database`; default: the embedded one",
    databaseUrl,
    true,
  ),
  databaseOwnerUrl: setting(
    "",
    "the same database by the login of its owner, which runs migrations and commands; `DATABASE_URL` is then the service's own login",
    databaseUrl,
    true,
  ),
  dataDir: setting(".data", "folder of the embedded PostgreSQL and its passwords", (given) => given),

  poolSize: setting("10", "connections to PostgreSQL that requests share; protects its `max_connections`", whole(1, 1000)),
  poolWaitMs: setting("2000", "maximum wait of a request for a connection; then it is answered 503", whole(1, 600_000)),
  poolQueue: setting("500", "maximum number of waiting requests; further ones are answered 503 immediately", whole(0, 100_000)),
  statementMs: setting("10000", "maximum duration of a statement; then PostgreSQL cancels it", whole(1, 3_600_000)),
  statementMsPublic: setting("2000", "the same for anonymous callers, who share half of the connections", whole(1, 3_600_000)),
  lockMs: setting("2000", "maximum wait of a statement for a lock", whole(1, 3_600_000)),

  maxConnections: setting("1000", "maximum number of client connections; further ones are closed without an answer", whole(1, 1_000_000)),
  bodyLimit: setting("2000000", "maximum size of a request's body in bytes", whole(1000, 1_000_000_000)),
  bodyLimitOfficer: setting(
    "32000000",
    "the same for `importDossiers`, `importTasks` and `submitReport` with a verified key or token of the role OFFICER, and for a router with its secret",
    whole(1000, 1_000_000_000),
  ),
  maxTokens: setting("4000", "maximum number of tokens of a document; protects the parser", whole(10, 1_000_000)),
  maxDepth: setting("16", "maximum depth of fields of an operation", whole(1, 1000)),
  maxAliases: setting(
    "30",
    "maximum number of aliases of a document, including `__typename`, and of repetitions of one field in a selection",
    whole(0, 100_000),
  ),
  maxDirectives: setting("50", "maximum number of directives of a document", whole(0, 100_000)),
  maxSelections: setting(
    "3000",
    "maximum number of fields of an operation with expanded fragments; protects against fragment bombs",
    whole(10, 10_000_000),
  ),
  maxList: setting(
    "1000",
    "maximum number of items of a list (5 times as many figures, dossiers, tasks or units of OFFICERs; 20,000 references of a router)",
    whole(1, 1_000_000),
  ),
  maxCost: setting("100000", "maximum number of rows that one operation may read, estimated before it runs", whole(1, 1_000_000_000)),
  introspection: setting("on", "introspection and `/schema.graphql`, `on` or `off`", onOff),
  playground: setting("on", "the playground for browsers, `on` or `off`", onOff),
  suggestions: setting(
    "auto",
    "suggestions of similar names in errors: `on`, `off`, or `auto`, which is off if `NODE_ENV=production`",
    oneOf("auto", "on", "off"),
  ),
  persistedQueries: setting(
    "30000000",
    "size of the cache of automatic persisted queries in bytes; 0 disables them",
    whole(0, 10_000_000_000),
  ),
  keptAnswers: setting("64000000", "size of the response cache in bytes; 0 disables it", whole(0, 10_000_000_000)),
  trustedDocuments: setting(
    "",
    "files of `npm run trusted-documents` or of clients' tools, separated by commas: only their documents are answered, and persisted queries are off",
    text,
  ),

  issuers: setting("", "JSON file of the trusted token issuers: see Tokens in docs/api.md", text),
  gatewaySecret: setting(
    "",
    "secret that a router must send as `x-gateway-secret` for `_service`, `_entities` and traces",
    secretText,
    true,
  ),
  trustedProxies: setting("", "addresses of proxies whose `X-Forwarded-For` is trusted, separated by commas", addresses),
  corsOrigins: setting(
    "",
    "allowed CORS origins, such as `https://app.example.vn`, separated by commas, or `*` for all; never with cookies",
    origins,
  ),
  rateAddress: setting(
    "1200",
    "maximum number of requests per minute from one address without a key; 0 means no limit",
    whole(0, 1_000_000_000),
  ),
  costAddress: setting(
    "600000",
    "maximum cost per minute of one address without a key, in rows as `MAX_COST` counts them; 0 means no limit",
    whole(0, 1_000_000_000),
  ),
  statementsAddress: setting(
    "2",
    "maximum number of concurrent statements of one address without a key; others wait as for a connection; 0 means no limit",
    whole(0, 1000),
  ),
  rateKey: setting(
    "12000",
    "maximum number of requests per minute of all keys and tokens of one unit, and of a key with all keys that it created; 0 means no limit",
    whole(0, 1_000_000_000),
  ),
  rateStore: setting(
    "memory",
    "store of the request counts: `memory` of each process, or `database`, which several instances share",
    oneOf("memory", "database"),
  ),

  metricsPort: setting("", "port of `/metrics`; default: no metrics", (given) => (given === "" ? null : port(given))),
  metricsHost: setting("127.0.0.1", "address of `/metrics`", (given) => given),
  logLevel: setting(
    "info",
    "`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`",
    oneOf("trace", "debug", "info", "warn", "error", "fatal", "silent"),
  ),
  logFormat: setting("auto", "`json`, `text`, or `auto`, which is json if `NODE_ENV=production`", oneOf("auto", "json", "text")),
  graceMs: setting("10000", "maximum duration of running requests after SIGTERM", whole(0, 600_000)),
  warmUp: setting("on", "computation of the lineage of all editions in the background after the start, `on` or `off`", onOff),
} as const satisfies Record<string, Setting<unknown>>;

type Settings = typeof SETTINGS;
export type Env = { readonly [K in keyof Settings]: ReturnType<Settings[K]["read"]> } & {
  readonly production: boolean;
};

const unknownIn = (variables: NodeJS.ProcessEnv) => unknownVariables(variables, Object.keys(SETTINGS).map(variableOf));

export const envWarnings = (variables: NodeJS.ProcessEnv): readonly string[] => unknownIn(variables).warned;

/** The only place that reads the environment. @throws Error naming the invalid or unknown variable. */
export const readEnv = (variables: NodeJS.ProcessEnv): Env => {
  const { refused } = unknownIn(variables);
  if (refused.length > 0) throw new Error(refused.join("\n"));
  const read = Object.entries(SETTINGS).map(([property, { fallback, read: parse }]) => {
    const name = variableOf(property);
    try {
      const given = variables[name]?.trim() ?? "";
      return [property, parse(isLink(name, given) ? fallback : given || fallback)];
    } catch (error) {
      throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
    }
  });
  const env = { ...(Object.fromEntries(read) as Omit<Env, "production">), production: variables["NODE_ENV"] === "production" };
  if (env.databaseOwnerUrl !== null && env.databaseUrl === null)
    throw new Error("DATABASE_OWNER_URL: requires DATABASE_URL, with which the service logs in");
  return env;
};

const written = (value: unknown): string => (typeof value === "boolean" ? (value ? "on" : "off") : String(value));

/** One line for the log, without secrets: the database, and the settings that differ from the defaults. */
export const envText = (env: Env): string => {
  const { host, dataDir } = env;
  // Up to the last @, because a password may contain an unencoded one; an option may be a password, too.
  const database =
    env.databaseUrl === null ? `embedded in ${dataDir}` : env.databaseUrl.replace(/\/\/.*@/s, "//***@").replace(/\?.*$/s, "");
  const others = Object.entries(SETTINGS as Record<string, Setting<unknown>>).filter(
    ([property, { fallback, read }]) =>
      !["port", "host", "dataDir", "databaseUrl"].includes(property) && env[property as keyof Env] !== read(fallback),
  );
  const shown = others.map(([property, { secret }]) => ` ${variableOf(property)}=${secret ? "***" : written(env[property as keyof Env])}`);
  return `PORT=${env.port} HOST=${host} database: ${database}${shown.join("")}`;
};
