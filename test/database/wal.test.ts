import { chmod, mkdtemp, readdir, realpath, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { expect, it, onTestFinished } from "vitest";
import { prepareCluster, runBinary } from "../../src/database/embedded/cluster.ts";
import { openPlace } from "../../src/database/place.ts";
import { postmasterOf } from "../support/process.ts";

const MB = 1e6;
const CHANGES = "create table filled as select n, repeat('x', 1000) as text from generate_series(1, 200000) n; drop table filled";

it("the write-ahead log takes little disk space after a checkpoint, also in a folder of an earlier version", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "cchc-wal-"));
  await chmod(dataDir, 0o711);
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const logSize = async (): Promise<number> => {
    const folder = join(await realpath(join(dataDir, "postgres")), "pg_wal");
    const files = (await readdir(folder)).filter((name) => /^[0-9A-F]{24}$/.test(name));
    return (await Promise.all(files.map(async (name) => (await stat(join(folder, name))).size))).reduce((sum, size) => sum + size, 0);
  };
  const change = async (url: string, text: string): Promise<void> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(text);
    await client.end();
  };

  // Earlier versions started PostgreSQL so that it kept old segments for reuse.
  const cluster = await prepareCluster(dataDir);
  const options = "-c port=0 -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c min_wal_size=256MB -c max_wal_size=2GB";
  const port = 20_000 + (process.pid % 10_000);
  const at = ["-w", "-D", cluster.folder, "-l", join(cluster.folder, "server.log")];
  await runBinary(cluster, "pg_ctl", ["start", ...at, "-o", options.replace("port=0", `port=${port}`)]);
  expect((await postmasterOf(dataDir))!.port).toBe(port);
  await change(`postgresql://cchc:${cluster.password}@127.0.0.1:${port}/postgres`, `${CHANGES}; checkpoint`);
  await runBinary(cluster, "pg_ctl", ["stop", ...at]);
  expect(await logSize()).toBeGreaterThan(200 * MB);

  const place = await openPlace({ databaseUrl: null, databaseOwnerUrl: null, dataDir });
  onTestFinished(() => place.close());
  await place.trim();
  expect(await logSize()).toBeLessThan(80 * MB);
  await change(place.url, CHANGES);
  expect(await logSize()).toBeGreaterThan(150 * MB);
  await place.trim();
  expect(await logSize()).toBeLessThan(80 * MB);
});
