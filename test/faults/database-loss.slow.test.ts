import { readdir, readFile, realpath, rename, rm } from "node:fs/promises";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed, onTestFinished } from "vitest";
import { type Cluster, prepareCluster, runBinary } from "../../src/database/embedded/cluster.ts";
import { seededDataFolder } from "../support/data-folder.ts";
import { gone, isAlive, postmasterOf, type Service, startMain } from "../support/process.ts";

let dataDir: string;

const ready = async (env: NodeJS.ProcessEnv = {}): Promise<Service> => {
  const service = startMain({ DATA_DIR: dataDir, ...env });
  await service.says("ready at");
  return service;
};

const statusOf = async (service: Service, path: "/livez" | "/readyz" | "/graphql"): Promise<number> => {
  const body = JSON.stringify({ query: '{ unit(code: "04") { name } }' });
  const post = { method: "POST", headers: { "content-type": "application/json" }, body };
  return (await fetch(new URL(path, service.url()), path === "/graphql" ? post : {})).status;
};

const statuses = (service: Service): Promise<number[]> =>
  Promise.all((["/livez", "/readyz", "/graphql"] as const).map((path) => statusOf(service, path)));

const lines = (service: Service, text: RegExp): string[] =>
  service
    .output()
    .split("\n")
    .filter((line) => text.test(line));

const losses = (service: Service) => [lines(service, /the database is lost/).length, lines(service, /the database is back/).length];

const says = async (service: Service, text: RegExp, times: number): Promise<void> => {
  while (lines(service, text).length < times) {
    if (service.process.exitCode !== null) throw new Error(`It ended:\n${service.output()}`);
    await sleep(20);
  }
};

const owner = async (): Promise<Client> => {
  const { port } = (await postmasterOf(dataDir))!;
  const password = await readFile(join(dataDir, "password"), "utf8");
  const client = new Client({ connectionString: `postgresql://cchc:${password}@127.0.0.1:${port}/cchc` });
  client.on("error", () => {});
  await client.connect();
  return client;
};

/** Of the machine, which no test brings about. */
const forgetCrashes = async (): Promise<void> => {
  const client = await owner();
  await client.query("alter system set fsync = off");
  await client.query("select pg_reload_conf()");
  await client.end();
};

const kill = async (): Promise<number> => {
  const { pid } = (await postmasterOf(dataDir))!;
  process.kill(pid, "SIGKILL");
  return pid;
};

const startsOf = async (): Promise<number> =>
  (await readFile(join(dataDir, "postgres", "server.log"), "utf8")).match(/database system is ready to accept connections/g)!.length;

beforeAll(async () => {
  dataDir = await seededDataFolder();
});

afterAll(async () => {
  const pid = (await postmasterOf(dataDir).catch(() => null))?.pid ?? 0;
  if (pid > 0 && isAlive(pid)) {
    process.kill(pid, "SIGINT");
    await gone(pid);
  }
  await rm(dataDir, { recursive: true, force: true });
});

// Each goes on with the folder that the one before left.
let isBroken = false;
beforeEach(({ skip }) => {
  skip(isBroken, "the one before failed");
  onTestFailed(() => void (isBroken = true));
});

describe("an embedded PostgreSQL that ends", () => {
  it("is restarted by one of the services on its folder for all of them, and stays stopped when they stop", async () => {
    const [one, two] = await Promise.all([ready(), ready()]);
    await forgetCrashes();
    const before = await startsOf();
    const first = await kill();
    await Promise.all([one, two].map((service) => service.says("the database is back after")));
    expect(await statuses(one)).toEqual([200, 200, 200]);
    expect(await statuses(two)).toEqual([200, 200, 200]);
    const { pid } = (await postmasterOf(dataDir))!;
    expect(pid).not.toBe(first);
    expect(await startsOf()).toBe(before + 1);

    one.process.kill("SIGTERM");
    expect(await one.ended).toBe(0);
    expect(await statuses(two)).toEqual([200, 200, 200]);
    two.process.kill("SIGTERM");
    expect(await two.ended).toBe(0);
    await gone(pid);
    expect(await postmasterOf(dataDir)).toBeNull();
    expect(await startsOf()).toBe(before + 1);
    for (const service of [one, two]) {
      expect(losses(service)).toEqual([1, 1]);
      expect(service.output()).not.toMatch(/not worked out|not added up|unexpected failure/);
    }
  });

  it("is not lost if only sessions end, and its server stays in use", async () => {
    const service = await ready();
    const client = await owner();
    onTestFinished(() => client.end());
    const users = async () =>
      (await client.query<{ pid: number }>("select pid from pg_stat_activity where application_name = 'cchc-graph in use'")).rows;
    const before = await users();
    expect(before).toHaveLength(1);
    await client.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'cchc-graph%'");
    await expect.poll(users, { timeout: 60_000 }).toEqual([{ pid: expect.not.toSatisfy((pid) => pid === before[0]!.pid) as number }]);
    expect(await statuses(service)).toEqual([200, 200, 200]);
    expect(losses(service)).toEqual([0, 0]);
  });

  it("is started again where the killed one leaves a session that works on, as often as it ends", async () => {
    const service = await ready();
    for (const times of [1, 2]) {
      const client = await owner();
      const busy = client.query("do $$ begin loop end loop; end $$").catch(() => {});
      await kill();
      await says(service, /is back after/, times);
      await busy;
      expect(await statuses(service)).toEqual([200, 200, 200]);
      expect(losses(service)).toEqual([times, times]);
    }
  });

  it("is found by all of them where it could not be started on the same port", async () => {
    const services = [await ready(), await ready()];
    const { pid, port } = (await postmasterOf(dataDir))!;
    const folder = await realpath(join(dataDir, "postgres"));
    await rename(folder, `${folder}.away`);
    process.kill(pid, "SIGKILL");
    const other = createServer();
    onTestFinished(() => void other.close());
    // It takes a moment to end.
    while (!other.listening) await once(other.listen(port, "127.0.0.1"), "listening").catch(() => sleep(10));
    await rename(`${folder}.away`, folder);
    for (const service of services) {
      await service.says("the database is back after");
      expect(await statuses(service)).toEqual([200, 200, 200]);
      expect(losses(service)).toEqual([1, 1]);
    }
    expect((await postmasterOf(dataDir))!.port).not.toBe(port);
  });

  it("ends the services with 1 where it cannot be started again, and nothing is made in its place", async () => {
    const services = [await ready(), await ready()];
    const folder = await realpath(join(dataDir, "postgres"));
    await rename(folder, `${folder}.away`);
    process.kill(Number((await readFile(join(`${folder}.away`, "postmaster.pid"), "utf8")).split("\n")[0]), "SIGKILL");
    for (const service of services) {
      await service.says("the database is lost");
      // One that has ended by then answers nothing.
      expect(await statusOf(service, "/readyz").catch(() => 503)).toBe(503);
      expect(await statusOf(service, "/graphql").catch(() => 503)).toBe(503);
      expect(await service.ended).toBe(1);
      expect(losses(service)).toEqual([2, 0]);
      expect(service.output()).toMatch(/the database is lost and cannot be restarted: PostgreSQL did not start on \S+postgres:\n/);
    }
    expect(await readdir(dataDir)).not.toContain("postgres");
    await rename(`${folder}.away`, folder);
    const next = await ready();
    expect(await statuses(next)).toEqual([200, 200, 200]);
    next.process.kill("SIGTERM");
    expect(await next.ended).toBe(0);
  });
});

describe("an external PostgreSQL that becomes unavailable", () => {
  const PORT = 20_000 + (process.pid % 10_000);
  const options = `-c port=${PORT} -c listen_addresses=127.0.0.1 -c unix_socket_directories=`;
  const pgCtl = (cluster: Cluster, ...args: string[]) =>
    runBinary(cluster, "pg_ctl", [...args, "-w", "-D", cluster.folder, "-l", join(cluster.folder, "server.log"), "-o", options]);

  it("is reported once as lost and once as back, also after a quick restart", async () => {
    const cluster = await prepareCluster(dataDir);
    await pgCtl(cluster, "start");
    onTestFinished(async () => void (await pgCtl(cluster, "stop", "-m", "fast").catch(() => {})));
    const service = await ready({ DATABASE_URL: `postgresql://cchc:${cluster.password}@127.0.0.1:${PORT}/cchc`, WARM_UP: "on" });
    expect(await statuses(service)).toEqual([200, 200, 200]);

    await pgCtl(cluster, "stop", "-m", "fast");
    await service.says("the database is lost");
    for (let times = 0; times < 5; times++) expect(await statuses(service)).toEqual([200, 503, 503]);
    expect(losses(service)).toEqual([1, 0]);
    await pgCtl(cluster, "start");
    await service.says("the database is back after");
    expect(await statuses(service)).toEqual([200, 200, 200]);
    expect(losses(service)).toEqual([1, 1]);

    await pgCtl(cluster, "restart", "-m", "immediate");
    await says(service, /is back after/, 2);
    expect(await statuses(service)).toEqual([200, 200, 200]);
    expect(losses(service)).toEqual([2, 2]);
    expect(service.output()).not.toMatch(/not worked out|not added up|unexpected failure/);
    service.process.kill("SIGTERM");
    expect(await service.ended).toBe(0);
    expect(losses(service)).toEqual([2, 2]);
  });
});
