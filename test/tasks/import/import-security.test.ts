import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rowScope } from "../../../src/access/scope.ts";
import type { Viewer } from "../../../src/access/viewer.ts";
import { enterScope, type RowScope } from "../../../src/database/row-scope.ts";
import { viewerOf } from "../../access/support.ts";
import { startService, type TestService } from "../../support/client.ts";
import { issueKey } from "../../support/key.ts";
import { IMPORT_TASKS, sentTask } from "./sent-tasks.ts";

let service: TestService;
const viewers = new Map<string, Viewer>();
/** The province that sends, one of its communes, which leads a task, and another province. */
const UNITS = ["04", "01273", "48"];
beforeAll(async () => {
  service = await startService();
  const key = await issueKey(service.database, "province", { "04": "OFFICER" });
  const tasks = [
    { code: "a", lead: "01273" },
    { code: "b", coordinators: ["48"] },
  ].map(sentTask);
  const { errors } = await service.ask(IMPORT_TASKS, { source: "sent", tasks }, key);
  expect(errors).toBeUndefined();
  for (const unit of UNITS) viewers.set(unit, await viewerOf(service.database, [unit, "OFFICER"]));
});
afterAll(() => service.close());

class Undone extends Error {}
/** As a request's transaction runs it in which every check of our own was forgotten; nothing of it stays. */
const run = async (scope: RowScope, text: string): Promise<unknown[]> => {
  let rows: unknown[] = [];
  const work = async (em: EntityManager) => {
    await enterScope(em, scope);
    ({ rows } = await sql.raw(text).execute(em.getKysely()));
    throw new Undone();
  };
  await service.database.pools.requests.em
    .fork()
    .transactional(work)
    .catch((error: unknown) => {
      if (!(error instanceof Undone)) throw error;
    });
  return rows;
};
const scopeOf = (unit: string) => rowScope(viewers.get(unit)!, "OFFICER");
const readingOf = (unit: string) => rowScope(viewers.get(unit)!);
const codesOf = (rows: unknown[]) => (rows as { code: string }[]).map(({ code }) => code).toSorted();

describe("a statement of the service in which a check was forgotten", () => {
  it("deletes an imported task, or its events, only for the owner of its source", async () => {
    for (const table of ["task", "task_event"]) {
      const text = `delete from ${table} returning code`;
      expect(codesOf(await run(scopeOf("04"), text)), table).toEqual(["a", "b"]);
      for (const scope of [scopeOf("01273"), scopeOf("48"), readingOf("04"), { reads: "", writes: "" }])
        expect(await run(scope, text), table).toEqual([]);
    }
  });

  it("stores no task as imported for a foreign lead, nor into a foreign source", async () => {
    const copy = (lead: string) => `
      insert into task (province_id, source_id, code, is_imported, title, words, assigner_id, lead_id, coordinator_ids, family, assigned_on, deadline, original_deadline, progress,
        is_running, postponed, events) select province_id, source_id, code || 'x', true, title, words, assigner_id, ${lead}, coordinator_ids, family, assigned_on, deadline,
        original_deadline, progress, is_running, postponed, events from task where code = 'a' returning code`;
    const foreign = "(select unit_id from unit_version where code = '48' and valid_to is null)";
    expect(codesOf(await run(scopeOf("04"), copy("lead_id")))).toEqual(["ax"]);
    for (const [unit, lead] of [
      ["04", foreign],
      ["01273", "lead_id"],
    ] as const)
      await expect(run(scopeOf(unit), copy(lead)), unit).rejects.toMatchObject({ code: "42501" });
  });

  it("shows a task of a source to its owner while it imports, and to no other caller than those concerned", async () => {
    const text = "select code from task";
    expect(codesOf(await run(scopeOf("04"), text))).toEqual(["a", "b"]);
    expect(codesOf(await run(readingOf("01273"), text))).toEqual(["a"]);
    expect(codesOf(await run(scopeOf("48"), text))).toEqual(["b"]);
  });
});
