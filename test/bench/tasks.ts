import { readFile, readdir } from "node:fs/promises";
import { sql } from "kysely";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import "../../src/records.ts";
import { loadSeeds } from "../../seeds/seed.ts";
import { commandKeeper, createAccessKey } from "../../src/administration/access-key.service.ts";
import { ensurePresentTrees } from "../../src/counters/count-tree.service.ts";
import type { Database } from "../../src/database/database.ts";
import { Reader } from "../../src/database/reader.ts";
import { dayOf } from "../../src/lib/time/date.ts";
import { countTaskChanges, leadSlot, noteTasks } from "../../src/tasks/task-count.store.ts";
import { withDatabase } from "./ledger-fill.ts";
import { NODE_FLAGS, startProcess, withDataDir } from "./process.ts";

/** The first lives are not measured: the service compiles its program while it runs. */
const [WARM_UPS, LIVES] = [1000, 300];
/** Processor time of a write with its counters, of Node and of PostgreSQL together. */
const MOST_MS = 5;
/** Ticks of the processor's clock in /proc. */
const TICK_MS = 10;

/** A department of Cao Bằng is given tasks, and each goes all the way, in a database of so many tasks. */
export const benchTasks = (tasks: number) =>
  withDataDir(async (dataDir) => {
    const key = await withDatabase(dataDir, async (database) => {
      await loadSeeds(database.orm.em.fork());
      await fillTasks(database, tasks);
      return officerOf(database);
    });
    const env = {
      DATA_DIR: dataDir,
      PORT: "0",
      WARM_UP: "off",
      NODE_ENV: "production",
      RATE_ADDRESS: "100000000",
      RATE_KEY: "100000000",
      METRICS_PORT: "0",
    };
    const service = await startProcess("node", [...NODE_FLAGS, "src/main.ts"], env);
    try {
      await takeSteps(service.url, key, WARM_UPS, (work) => work());
      const costs: [string, Cost][] = [];
      await takeSteps(service.url, key, LIVES, async (work, name) => {
        const before = await processorTime(dataDir, service.pid);
        await work();
        const after = await processorTime(dataDir, service.pid);
        costs.push([name, { node: (after.node - before.node) / LIVES, postgres: (after.postgres - before.postgres) / LIVES }]);
      });
      report(tasks, costs);
    } finally {
      await service.stop();
    }
  });

/** Tasks of three years of all communes, two thirds of them completed, written and counted by one writer. */
const fillTasks = async ({ orm, pools }: Database, count: number): Promise<void> => {
  await ensurePresentTrees(new Reader(pools), dayOf(new Date()));
  await orm.em.fork().transactional(async (em) => {
    const db = em.getKysely();
    await sql`
      insert into source (key, kind, title, name, unit_id, state, submitted_at, state_at)
      select 'bench', 'RECORDS', 'bench', 'bench', unit_id, 'PUBLISHED', now(), now() from unit_version where tier = 'COUNTRY' limit 1`.execute(
      db,
    );
    await sql`
      create temporary table made on commit drop as
      with lead as materialized (
        select row_number() over () as n, v.unit_id as lead_id, v.parent_id as assigner_id, ${leadSlot(sql`v.unit_id`, sql`date '2025-08-01'`)} as slot
        from unit_version v where v.tier = 'COMMUNE' and v.valid_to is null)
      select l.*, g.n as number, date '2024-01-01' + (g.n::bigint * 7919 % 1000)::int as assigned_on, (g.n % 3 > 0) as is_done
      from generate_series(1, ${count}::int) g(n) join lead l on l.n = g.n % (select count(*) from lead) + 1`.execute(db);
    await sql`
      insert into task (province_id, source_id, code, is_imported, title, words, assigner_id, lead_id, slot, coordinator_ids, family, assigned_on, deadline, original_deadline,
        progress, is_running, completed_on, postponed, events)
      select assigner_id, (select id from source where key = 'bench'), 'b-' || number, false, 'Nhiem vu ' || number, ' nhiem vu ' || number, assigner_id, lead_id, slot, '{}',
        'b-' || number, assigned_on, assigned_on + 30, assigned_on + 30, case when is_done then 4 else 2 end, not is_done,
        case when is_done then assigned_on + (number % 40)::int end, '{}', 0 from made`.execute(db);
    await sql`
      insert into record_unit (province_id, unit_id, kind, source_id, records, first_on)
      select province_id, lead_id, 'TASKS', source_id, count(*), min(assigned_on) from task group by 1, 2, 4`.execute(db);
    const noted = { key: randomUUID(), deltas: sql`task_delta` };
    await noteTasks(em, noted, [{ tasks: sql`task d`, sign: 1 }]);
    await countTaskChanges(em, noted);
    await sql`delete from task_delta`.execute(db);
  });
  await sql`vacuum analyze`.execute(orm.em.fork().getKysely());
};

/** @returns the key of an officer of the province and all that is within it. */
const officerOf = ({ orm }: Database): Promise<string> =>
  orm.em.fork().transactional(async (em) => {
    const keeper = await commandKeeper(em, "bench");
    return (await createAccessKey(em, keeper, { name: "bench", grants: [{ unit: "04", role: "OFFICER" }], expiresOn: null }, new Date()))
      .secret;
  });

/** Milliseconds of processor time. */
interface Cost {
  readonly node: number;
  readonly postgres: number;
}

/** Prints each step and their mean, beside the request that changes nothing. */
const report = (tasks: number, costs: readonly [string, Cost][]): void => {
  const line = (name: string, { node, postgres }: Cost) =>
    console.log(
      `${name}: ${node.toFixed(2)} ms of Node and ${postgres.toFixed(2)} ms of PostgreSQL, ${(node + postgres).toFixed(2)} ms in all`,
    );
  for (const [name, cost] of costs) line(name, cost);
  const writes = costs.filter(([name]) => name !== NOTHING).map(([, cost]) => cost);
  const mean = (of: (cost: Cost) => number) => writes.reduce((sum, cost) => sum + of(cost), 0) / writes.length;
  const write = { node: mean(({ node }) => node), postgres: mean(({ postgres }) => postgres) };
  line(`a write beside ${tasks} tasks (limit ${MOST_MS} ms in all)`, write);
  if (write.node + write.postgres > MOST_MS) process.exitCode = 1;
};

const NOTHING = "a request that changes nothing";

type Ask = <T>(query: string, input?: object) => Promise<T>;

const asking =
  (url: string, key: string): Ask =>
  async <T>(query: string, input?: object): Promise<T> => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify({ query, variables: { input } }),
    });
    const { data, errors } = (await response.json()) as { data: T; errors?: readonly { message: string }[] };
    if (errors) throw new Error(errors[0]!.message);
    return data;
  };

/** Takes the same step of all tasks, one after another, before the next step. */
const takeSteps = async (
  url: string,
  key: string,
  lives: number,
  around: (work: () => Promise<void>, name: string) => Promise<void>,
): Promise<void> => {
  const ask = asking(url, key);
  const tasks: string[] = [];
  const step = (mutation: string, more: object) => async () => {
    const query = `mutation ($input: ${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input!) { ${mutation}(input: $input) { task { id } } }`;
    for (const task of tasks) await ask(query, { task, ...more });
  };
  const assign = async () => {
    for (let n = 0; n < lives; n++) {
      const { assignTask } = await ask<{ assignTask: { task: { id: string } } }>(
        "mutation ($input: AssignTaskInput!) { assignTask(input: $input) { task { id } } }",
        { idempotencyKey: randomUUID(), assignedBy: "04", lead: "01273", title: "Rà soát thủ tục", deadline: "2027-06-30" },
      );
      tasks.push(assignTask.task.id);
    }
  };
  const nothing = async () => {
    for (let n = 0; n < lives; n++) await ask("mutation { __typename }");
  };
  await around(nothing, NOTHING);
  await around(assign, "assign");
  await around(step("reportTaskProgress", { percent: 50 }), "report");
  await around(step("completeTask", {}), "complete");
  await around(step("confirmTask", {}), "confirm");
};

/** Milliseconds of processor time of the service, and of its PostgreSQL with all processes below it. */
const processorTime = async (dataDir: string, pid: number) => {
  const server = (await readFile(join(dataDir, "postgres", "postmaster.pid"), "utf8")).split("\n")[0]!;
  const { own, ended } = (await timesOf(server))!;
  let postgres = own + ended;
  for (const name of await readdir("/proc")) {
    const times = /^\d+$/.test(name) ? await timesOf(name) : null;
    if (times?.parent === server) postgres += times.own;
  }
  return { node: (await timesOf(String(pid)))!.own, postgres };
};

/** Times of a process, and of those below it that have ended; null for one that is gone. */
const timesOf = async (pid: string) => {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = (from: number) => (Number(fields[from]) + Number(fields[from + 1])) * TICK_MS;
  return { parent: fields[1]!, own: ticks(11), ended: ticks(13) };
};
