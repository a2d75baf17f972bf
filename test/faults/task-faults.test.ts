import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { holdAt } from "../support/hold-table.ts";
import { startMain } from "../support/process.ts";
import { IMPORT_TASKS, sentTask } from "../tasks/import/sent-tasks.ts";
import { expectRecounted } from "./importing.ts";
import { beforeRows, expectUnavailable, type Faulty, type Reply, running, startFaulty, until } from "./faulty-service.ts";

let faulty: Faulty;
beforeAll(async () => {
  faulty = await startFaulty();
  // An import adds up the counters of today's units for the first time.
  const sent = await faulty.send(IMPORT_TASKS, { source: "system", tasks: [sentTask({ code: "1" })] });
  expect(sent.body).toMatchObject({ data: { importTasks: { report: { created: 1 } } } });
});
afterAll(() => faulty.close());

const inputOf = (mutation: string) => `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;
const textOf = (mutation: string) => `mutation ($input: ${inputOf(mutation)}!) { ${mutation}(input: $input) { task { id progress } } }`;
const change = (mutation: string, input: object): Promise<Reply> => faulty.send(textOf(mutation), { input });
const assignment = (key: string) => ({ idempotencyKey: key, assignedBy: "04", lead: "01273", title: "Rà soát", deadline: "2026-12-31" });
const assign = (key: string) => change("assignTask", assignment(key));
const taskOf = ({ body }: Reply): string => {
  expect(body.errors).toBeUndefined();
  return (Object.values(body.data!)[0] as unknown as { task: { id: string } }).task.id;
};

/** In the beginning of the statement of counters, of which PostgreSQL shows no more. */
const COUNTING = "event as materialized";

/** Every table that a write of a task changes. */
const TABLES = [
  ...["task", "task_event", "task_number", "task_coordinator", "audit_entry", "record_unit", "source"],
  ...["task_unit_count", "task_tree_count", "rollup_version"],
];
const digests = async () => {
  const each = TABLES.map(
    (name) => `select '${name}' as name, count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) as digest from ${name} t`,
  );
  return faulty.sql(each.join(" union all "));
};

describe("a fault while a task is written", () => {
  it.each(["task_event", "audit_entry", "task_unit_count", "task_tree_count", "rollup_version"] as const)(
    "F32: a full disk at %s leaves nothing of the task, its event, the audit trail and the counters, and the next attempt succeeds",
    async (table) => {
      const task = taskOf(await assign(`before-${table}`));
      const before = await digests();
      const mend = await beforeRows(faulty, table, "raise exception 'fault' using errcode = '53100'");
      expectUnavailable(await assign(`after-${table}`));
      expectUnavailable(await change("completeTask", { task }));
      expect(await digests()).toEqual(before);
      await mend();
      for (const mutation of ["completeTask", "confirmTask"]) taskOf(await change(mutation, { task }));
      taskOf(await assign(`after-${table}`));
      await expectRecounted(faulty.database);
    },
  );

  it.each([
    ["F3: a connection that dies", "perform pg_terminate_backend(pg_backend_pid()), pg_sleep(5)"],
    ["F13: a deadlock that goes on", "raise exception 'fault' using errcode = '40P01'"],
  ])("%s between the state and the counters leaves nothing behind", async (name, fault) => {
    const task = taskOf(await assign(name.slice(0, name.indexOf(":"))));
    const before = await digests();
    const mend = await beforeRows(faulty, "task_unit_count", fault);
    expectUnavailable(await change("completeTask", { task }));
    expect(await digests()).toEqual(before);
    await mend();
    taskOf(await change("completeTask", { task }));
    await expectRecounted(faulty.database);
  });

  it("F5: where the answer to a commit is lost, a task assigned again exists once, and a step taken again is refused with the progress", async () => {
    faulty.proxy.road = { kind: "NO_REPLY_TO", after: "lost", text: "commit" };
    expectUnavailable(await assign("lost"));
    faulty.proxy.road = { kind: "OPEN" };
    const stored = await digests();
    const task = taskOf(await assign("lost"));
    expect(await digests()).toEqual(stored);
    faulty.proxy.road = { kind: "NO_REPLY_TO", after: "done and lost", text: "commit" };
    const done = { task, note: "done and lost" };
    expectUnavailable(await change("completeTask", done));
    faulty.proxy.road = { kind: "OPEN" };
    const again = await change("completeTask", done);
    expect(again.body.errors![0]!.extensions).toMatchObject({ code: "CONFLICT", progress: "AWAITING_CONFIRMATION" });
    taskOf(await change("confirmTask", { task }));
    await expectRecounted(faulty.database);
  });

  it("F35: a service that is killed between the state and the counters leaves nothing behind", async () => {
    const task = taskOf(await assign("killed"));
    const before = await digests();
    const service = startMain({ DATABASE_URL: faulty.database.url, PORT: "0", WARM_UP: "off", METRICS_PORT: "0" });
    await service.says("ready at");
    const held = await holdAt(faulty.database, "task_tree_count");
    onTestFinished(() => held.close());
    const sent = fetch(service.url(), {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${faulty.key}` },
      body: JSON.stringify({ query: textOf("completeTask"), variables: { input: { task } } }),
    }).catch(() => "gone");
    await held.waiter();
    service.process.kill("SIGKILL");
    await service.ended;
    expect(await sent).toBe("gone");
    await held.letGo();
    await until(async () => (await running(faulty, COUNTING)).length === 0);
    expect(await digests()).toEqual(before);
    taskOf(await change("completeTask", { task }));
    await expectRecounted(faulty.database);
  });
});
