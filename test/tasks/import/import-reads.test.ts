import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "kysely";
import { type Sent, textsOf } from "../../support/statements.ts";
import { TaskRoom } from "../task-room.ts";
import { IMPORT_TASKS, on, type SentReport, sentTask } from "./sent-tasks.ts";

let room: TaskRoom;
beforeAll(async () => {
  room = await TaskRoom.start();
});
afterAll(() => room.service.close());

const READ = "select coalesce(sum(seq_tup_read + idx_tup_fetch), 0)::int as rows from pg_stat_xact_user_tables where relname = 'task'";

/** The rows of stored tasks that the transactions of `work` read. */
const rowsRead = async (work: () => Promise<unknown>): Promise<number> => {
  let sum = 0;
  const query = Object.getOwnPropertyDescriptor(Client.prototype, "query")!.value as (...all: unknown[]) => Promise<{ rows: unknown[] }>;
  Client.prototype.query = async function (this: Client, ...args: unknown[]) {
    const text = textsOf(args[0] as Sent)[0]!.toLowerCase();
    // PostgreSQL adds what a connection read up to a second before, unless that was passed on.
    if (text.startsWith("begin")) await query.call(this, "select pg_stat_force_next_flush()");
    if (text === "commit") {
      const { rows } = await query.call(this, READ);
      sum += (rows[0] as { rows: number }).rows;
    }
    return query.apply(this, args);
  } as unknown as Client["query"];
  try {
    await work();
  } finally {
    Client.prototype.query = query as unknown as Client["query"];
  }
  return sum;
};

const TASKS = 300;
/** The statements of an import that read the stored task of each row; each reads it by its key. */
const READS = 12;

const send = async (source: string, day: number): Promise<SentReport> => {
  const tasks = Array.from({ length: TASKS }, (_, n) => sentTask({ code: `${n}`, updatedAt: on(day) }));
  const variables = { source, tasks };
  const { data, errors } = await room.service.ask<Record<string, { report: SentReport }>, object>(
    IMPORT_TASKS,
    variables,
    room.keyOf("province"),
  );
  if (errors) throw new Error(errors[0]!.message);
  return data["importTasks"]!.report;
};

const sendTwice = async (source: string): Promise<number> => {
  expect(await send(source, 1)).toMatchObject({ created: TASKS });
  const read = await rowsRead(async () => expect(await send(source, 2)).toMatchObject({ updated: TASKS }));
  expect(read).toBeGreaterThanOrEqual(TASKS);
  return read;
};

describe("an import that updates all tasks of the one before", () => {
  it("reads each stored task a fixed number of times while the tables have no statistics", async () => {
    expect(await sendTwice("first")).toBeLessThanOrEqual(READS * TASKS);
  });

  it("does so, too, when the statistics say that there is no task", async () => {
    const db = room.service.database.orm.em.fork().getKysely();
    await sql`delete from task_event`.execute(db);
    await sql`delete from task`.execute(db);
    await sql`vacuum analyze task`.execute(db);
    expect(await sendTwice("second")).toBeLessThanOrEqual(READS * TASKS);
  });
});
