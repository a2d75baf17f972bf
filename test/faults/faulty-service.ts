import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { expect } from "vitest";
import { openDatabase, type PoolLimits } from "../../src/database/database.ts";
import { startServer } from "../../src/server/server.ts";
import { NOW, UNBOUNDED } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { issueKey } from "../support/key.ts";
import { startProxy, type TcpProxy } from "../support/tcp-proxy.ts";
import { SUBMIT } from "../support/reports.ts";

export const READ = '{ unit(code: "04", asOf: "2022-12-31") { name dossiers(period: "2022") { received } } }';
export const ANSWER = { data: { unit: { name: "Cao Bằng", dossiers: { received: 32_521 } } } };

export interface Reply {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly code: string | undefined;
  readonly body: { data?: Record<string, never> | null; errors?: { message: string; extensions: Record<string, unknown> }[] };
}

/** The service with an unreliable road to its database, and a reliable one for the test. */
export interface Faulty {
  readonly database: TestDatabase;
  readonly proxy: TcpProxy;
  readonly url: string;
  /** Of an ADMIN of Cao Bằng. */
  readonly key: string;
  /** Runs a statement as the owner, past the proxy. */
  readonly sql: <R extends object>(text: string, values?: unknown[]) => Promise<R[]>;
  send(query: string, variables?: object, signal?: AbortSignal): Promise<Reply>;
  submit(key: string, received?: number, signal?: AbortSignal): Promise<Reply>;
  close(): Promise<void>;
}

/** `connections` is how many PostgreSQL takes of the service, which logs in as a role of its own then. */
export const startFaulty = async (limits: Partial<PoolLimits> = {}, connections?: number): Promise<Faulty> => {
  const database = await createDatabase();
  const key = await issueKey(database, "Cao Bằng", { "04": "ADMIN" });
  const own = new Client({ connectionString: database.url });
  await own.connect();
  const proxy = await startProxy(database.url);
  const behindUrl = new URL(proxy.url);
  if (connections !== undefined) {
    behindUrl.username = behindUrl.password = `${database.name}_login`;
    await own.query(`create role ${behindUrl.username} login password '${behindUrl.password}' connection limit ${connections}`);
    await own.query(
      `grant ${(await own.query<{ name: string }>("select current_user as name")).rows[0]!.name}, cchc_service to ${behindUrl.username}`,
    );
  }
  const behind = await openDatabase({ databaseUrl: behindUrl.href, dataDir: "", ...limits });
  const server = await startServer(() => behind.pools, { host: "127.0.0.1", port: 0, clock: () => NOW, ...UNBOUNDED });
  const send: Faulty["send"] = async (query, variables = {}, signal) => {
    const response = await fetch(server.url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify({ query, variables }),
      ...(signal && { signal }),
    });
    const body = (await response.json()) as Reply["body"];
    const code = body.errors?.[0]?.extensions["code"] as string | undefined;
    return { status: response.status, retryAfter: response.headers.get("retry-after"), code, body };
  };
  return {
    database,
    proxy,
    ...{ url: server.url, key },
    sql: async (text, values) => (await own.query(text, values)).rows,
    send,
    submit: (idempotencyKey, received = 1, signal) =>
      send(
        SUBMIT,
        {
          input: {
            idempotencyKey,
            title: "t",
            unit: "01273",
            figures: [{ measure: "dossier.received", value: received, period: "2024", scope: "COMMUNE", quote: "q" }],
          },
        },
        signal,
      ),
    close: async () => {
      proxy.road = { kind: "OPEN" };
      await server.close();
      await behind.close();
      await proxy.close();
      if (connections !== undefined) await own.query(`drop role ${behindUrl.username}`);
      await own.end();
      await database.close();
    },
  };
};

/** Until it is slowed down no more, each read of roll-ups takes that long. */
export const slowReads = async ({ sql }: Faulty, seconds: number): Promise<() => Promise<void>> => {
  await sql("alter table rollup_set rename to rollup_set_kept");
  await sql(`create view rollup_set as select v.* from rollup_set_kept v, (select pg_sleep(${seconds})) slow`);
  await sql("grant select on rollup_set to cchc_service");
  return async () => {
    await sql("drop view rollup_set");
    await sql("alter table rollup_set_kept rename to rollup_set");
  };
};

/** Each new row of the table runs this first, in its transaction. */
export const beforeRows = async ({ sql }: Faulty, table: string, body: string): Promise<() => Promise<void>> => {
  await sql(`create or replace function fault() returns trigger language plpgsql security definer as $$ begin ${body}; return new; end $$`);
  await sql(`create trigger fault before insert on ${table} for each row execute function fault()`);
  return async () => {
    await sql(`drop trigger fault on ${table}`);
  };
};

/** The service's statements that PostgreSQL is running, as far as their text contains this. */
export const running = async ({ sql }: Faulty, text = ""): Promise<number[]> => {
  const rows = await sql<{ pid: number }>(
    `select pid from pg_stat_activity where application_name = 'cchc-graph' and datname = current_database() and state = 'active' and query ilike '%' || $1 || '%'`,
    [text],
  );
  return rows.map(({ pid }) => pid);
};

/** Waits until the condition is true. @throws Error after two minutes. */
export const until = async (holds: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 6000) throw new Error("It does not come to hold");
    await sleep(20);
  }
};

const met = new WeakMap<Faulty, Set<number>>();

/** Waits for further connections that run such statements, because a terminated connection takes time to end. */
export const nextRunning = async (faulty: Faulty, text: string): Promise<number[]> => {
  const before = met.get(faulty) ?? new Set<number>();
  met.set(faulty, before);
  let found: number[] = [];
  await until(async () => {
    found = (await running(faulty, text)).filter((pid) => !before.has(pid));
    return found.length > 0;
  });
  for (const pid of found) before.add(pid);
  return found;
};

/** Ends the connections on which the service runs such statements, once there are some. */
export const terminate = async (faulty: Faulty, text: string): Promise<void> => {
  await faulty.sql("select pg_terminate_backend(pid) from unnest($1::int[]) p(pid)", [await nextRunning(faulty, text)]);
};

/** Expects an answer that nothing was changed, with Retry-After. */
export const expectUnavailable = (reply: Reply): void => {
  expect(reply).toMatchObject({ status: 503, code: "SERVICE_UNAVAILABLE" });
  expect(Number(reply.retryAfter)).toBeGreaterThan(0);
  expect(JSON.stringify(reply.body)).not.toMatch(/at .*\.[jt]s|pg_|select |ECONN|terminat/i);
};

export const expectAnswer = (reply: Reply): void => {
  expect(reply.status).toBe(200);
  expect(reply.body).toMatchObject(ANSWER);
};

/** Counts stored reports whose keys have this beginning, their figures and their audit entries. */
export const stored = async ({ sql }: Faulty, beginning: string): Promise<{ reports: number; figures: number; entries: number }> => {
  const [row] = await sql<{ reports: number; figures: number; entries: number }>(
    `select count(*)::int as reports, (select count(*)::int from figure f where f.source_id = any(array_agg(s.id))) as figures,
      (select count(*)::int from audit_entry a where a.subject = any(array_agg(s.key))) as entries
     from source s where s.idempotency_key like $1 || '%'`,
    [beginning],
  );
  return row!;
};
