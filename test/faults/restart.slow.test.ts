import { readFile, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadSeeds } from "../../seeds/seed.ts";
import { type Database, openDatabase } from "../../src/database/database.ts";
import { type EmbeddedDatabase, startEmbedded } from "../../src/database/embedded/embedded.ts";
import { closeDatabase } from "../../src/server/running/shutdown.ts";
import { type RunningServer, startServer } from "../../src/server/server.ts";
import { NOW, UNBOUNDED } from "../support/client.ts";
import { seededDataFolder } from "../support/data-folder.ts";
import { issueKey } from "../support/key.ts";
import { startProxy, type TcpProxy } from "../support/tcp-proxy.ts";
import { SUBMIT, type SubmitAnswer } from "../support/reports.ts";

const WORKERS = 4;

describe("F6: a PostgreSQL that is restarted under load", () => {
  let dataDir: string;
  let embedded: EmbeddedDatabase;
  let proxy: TcpProxy;
  let database: Database;
  let server: RunningServer;
  let key: string;

  beforeAll(async () => {
    dataDir = await seededDataFolder();
    embedded = await startEmbedded(dataDir);
    proxy = await startProxy(embedded.url);
    database = await openDatabase({ databaseUrl: proxy.url, dataDir: "" });
    await loadSeeds(database.orm.em.fork());
    key = await issueKey(database as never, "Cao Bằng", { "04": "OFFICER" });
    server = await startServer(() => database.pools, { host: "127.0.0.1", port: 0, clock: () => NOW, ...UNBOUNDED });
  });
  afterAll(async () => {
    await server.close();
    // A lost connection must not delay the others, as in the service.
    await closeDatabase(database);
    await proxy.close();
    await embedded.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const submit = async (idempotencyKey: string): Promise<{ status: number; id: string | undefined }> => {
    const figures = [{ measure: "dossier.received", value: 1, period: "2024", scope: "COMMUNE", quote: "q" }];
    const response = await fetch(server.url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify({ query: SUBMIT, variables: { input: { idempotencyKey, title: "t", unit: "01273", figures } } }),
    });
    const body = (await response.json()) as { data?: SubmitAnswer | null };
    return { status: response.status, id: body.data?.submitReport.report?.id };
  };

  const restart = async (signal: "SIGINT" | "SIGQUIT"): Promise<void> => {
    const pid = Number((await readFile(join(await realpath(join(dataDir, "postgres")), "postmaster.pid"), "utf8")).split("\n")[0]);
    process.kill(pid, signal);
    while (isAlive(pid)) await sleep(20);
    embedded = await startEmbedded(dataDir);
    proxy.target = { host: "127.0.0.1", port: Number(new URL(embedded.url).port) };
  };

  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  it.each([
    ["fast", "SIGINT"],
    ["immediate", "SIGQUIT"],
  ] as const)("(%s) is answered 503 while it is away, and what was acknowledged is stored, once", async (mode, signal) => {
    const acknowledged = new Map<string, string>();
    const statuses = new Set<number>();
    const ending = new AbortController();
    const over = ending.signal;
    const workers = Array.from({ length: WORKERS }, async (_, worker) => {
      for (let n = 0; !over.aborted; n++) {
        const { status, id } = await submit(`${mode}-${worker}-${n}`);
        statuses.add(status);
        if (id !== undefined) acknowledged.set(`${mode}-${worker}-${n}`, id);
        else await sleep(20);
      }
    });
    await sleep(500);
    await restart(signal);
    const before = acknowledged.size;
    while (acknowledged.size < before + 20) await sleep(20);
    ending.abort();
    await Promise.all(workers);
    expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);

    const client = new Client({ connectionString: embedded.url });
    await client.connect();
    const { rows } = await client.query<{ sent: string; id: string; figures: number }>(
      `select s.idempotency_key as sent, s.key as id, (select count(*)::int from figure f where f.source_id = s.id) as figures
       from source s where s.idempotency_key like $1`,
      [`${mode}-%`],
    );
    await client.end();
    const stored = new Map(rows.map(({ sent, id }) => [sent, id]));
    expect(rows.filter(({ figures }) => figures !== 1)).toEqual([]);
    expect([...acknowledged].filter(([sent, id]) => stored.get(sent) !== id)).toEqual([]);
  });
});
