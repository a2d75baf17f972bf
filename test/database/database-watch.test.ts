import { Client } from "pg";
import { expect, it, onTestFinished } from "vitest";
import { DatabaseWatch, serverStartOf } from "../../src/database/database-watch.ts";
import { createDatabase } from "../support/database.ts";

it("a server is reported as lost, once, only if its sessions end and it accepts no connections", async () => {
  const database = await createDatabase("EMPTY");
  const owner = new Client({ connectionString: database.url });
  await owner.connect();
  const name = `${database.name}_watch`;
  await owner.query(`create role ${name} login password '${name}' connection limit 1`);
  onTestFinished(async () => {
    await owner.query(`drop role ${name}`);
    await owner.end();
    await database.close();
  });
  const url = new URL(database.url);
  url.username = url.password = name;
  const connect = async (): Promise<Client> => {
    const client = new Client({ connectionString: url.href });
    client.on("error", () => {});
    await client.connect();
    return client;
  };

  const holder = await connect();
  const reported: string[] = [];
  let [tries, sessions] = [0, 0];
  const reach = async () => {
    tries++;
    const client = await connect();
    sessions++;
    return { client, startedAt: await serverStartOf(client) };
  };
  const watch = new DatabaseWatch({ reach }, null);
  watch.start({ lost: (reason) => reported.push(reason), back: () => reported.push("back"), dead: () => reported.push("dead") });
  await expect.poll(() => tries, { timeout: 60_000 }).toBeGreaterThan(2);
  expect(sessions).toBe(0);
  await holder.end();
  await expect.poll(() => sessions, { timeout: 60_000 }).toBe(1);
  expect(reported).toEqual([]);

  await owner.query(`alter role ${name} nologin`);
  await owner.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = $1", [name]);
  const before = tries;
  await expect.poll(() => tries, { timeout: 60_000 }).toBeGreaterThan(before + 2);
  expect(reported).toEqual([`role "${name}" is not permitted to log in`]);
  await owner.query(`alter role ${name} login`);
  await expect.poll(() => reported.length, { timeout: 60_000 }).toBe(2);
  expect(reported[1]).toBe("back");
  await (await watch.end())!.client.end();
});
