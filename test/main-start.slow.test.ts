import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { temporaryFolder } from "./lib/files/folder.ts";
import { createDatabase } from "./support/database.ts";
import { post } from "./support/post.ts";
import { startMain } from "./support/process.ts";
import { startProxy } from "./support/tcp-proxy.ts";

const file = temporaryFolder();
const start = (env: NodeJS.ProcessEnv) => startMain({ DATA_DIR: file("data"), ...env });

describe("a database that starts later", () => {
  it("is awaited, and requests get 503 meanwhile; running requests end before the service stops", async () => {
    const database = await createDatabase();
    onTestFinished(() => database.close());
    const proxy = await startProxy(database.url);
    onTestFinished(() => proxy.close());
    await proxy.refuse();
    const service = start({
      DATABASE_URL: proxy.url,
      LOG_LEVEL: "debug",
      STATEMENT_MS: "60000",
      STATEMENT_MS_PUBLIC: "60000",
      LOCK_MS: "60000",
      GRACE_MS: "60000",
    });
    await service.says("retrying until the database is available");
    const url = /listening at (\S+)/.exec(service.output())![1]!;
    expect((await fetch(new URL("/livez", url))).status).toBe(200);
    expect((await fetch(new URL("/readyz", url))).status).toBe(503);
    const early = await post(url, { query: "{ __typename }" });
    expect([early.status, early.headers.get("retry-after")]).toEqual([503, "1"]);
    await sleep(700);
    await proxy.accept();
    await service.says("ready at");
    expect((await fetch(new URL("/readyz", url))).status).toBe(200);
    expect(service.output().match(/ECONNREFUSED/g)).toHaveLength(1);
    expect(service.output()).not.toMatch(new RegExp(new URL(proxy.url).password || "://[^*]+@"));

    const locking = new Client({ connectionString: database.url });
    await locking.connect();
    onTestFinished(() => locking.end());
    await locking.query("begin; lock table procedure");
    const running = post(url, { query: "{ procedures(first: 2) { nodes { code } } }" });
    while ((await locking.query("select from pg_locks where not granted and relation = 'procedure'::regclass")).rows.length === 0)
      await sleep(20);
    const open = connect(Number(new URL(url).port), "127.0.0.1");
    await once(open, "connect");
    service.process.kill("SIGTERM");
    while (await fetch(url).catch(() => null)) await sleep(20);
    open.write("GET /readyz HTTP/1.1\r\nhost: x\r\n\r\n");
    expect(String((await once(open, "data"))[0])).toMatch(/^HTTP\/1.1 503 /);
    service.process.kill("SIGTERM");
    await locking.query("rollback");
    expect((await running).body).toMatchObject({ data: { procedures: { nodes: [{}, {}] } } });
    expect(await service.ended).toBe(0);
    expect(service.output().match(/DATABASE_URL: requests use sessions of the owner .* DATABASE_OWNER_URL/g)).toHaveLength(1);
    expect(service.output()).toMatch(/\ncchc-graph: stopped\n$/);
  });
});

describe("a start that must fail", () => {
  const fails = async (env: NodeJS.ProcessEnv): Promise<string> => {
    const service = start(env);
    expect(await service.ended).toBe(1);
    return service.output();
  };

  it("names a wrong setting in one line", async () => {
    expect(await fails({ PORT: "many" })).toBe('cchc-graph: PORT: "many" is not a port; must be a number from 0 to 65535\n');
  });

  it("reports in one line, without the password, that a database refuses it", async () => {
    const url = new URL(inject("serverUrl"));
    url.pathname = "/cchc_test_nowhere";
    expect(await fails({ DATABASE_URL: url.href })).toMatch(/\ncchc-graph: DATABASE_URL: database "cchc_test_nowhere" does not exist\n$/);
    url.password = "wrong-secret";
    const output = await fails({ DATABASE_URL: url.href });
    expect(output).toMatch(/\ncchc-graph: DATABASE_URL: password authentication failed for user "\w+"\n$/);
    expect(output).not.toContain("wrong-secret");
  });

  it("names the setting whose login could do more than the service may", async () => {
    const url = inject("serverUrl");
    expect(await fails({ DATABASE_URL: url, DATABASE_OWNER_URL: url })).toMatch(
      /\ncchc-graph: DATABASE_URL: \w+ is a superuser; [^\n]*\n$/,
    );
  });

  it("names an invalid data folder", async () => {
    expect(await fails({ DATA_DIR: file("file", "") })).toMatch(/\ncchc-graph: [^\n]*file[^\n]*\n$/);
  });
});
