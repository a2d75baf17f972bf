import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RequestContext } from "../../../src/access/request-context.ts";
import type { Viewer } from "../../../src/access/viewer.ts";
import { importTasks } from "../../../src/tasks/import/task-import.service.ts";
import { retractTasks } from "../../../src/tasks/import/task-retract.service.ts";
import { taskIdOf } from "../../../src/tasks/task-id.ts";
import { viewerOf } from "../../access/support.ts";
import { expectRecounted } from "../../faults/importing.ts";
import { NOW } from "../../support/client.ts";
import { createDatabase, type TestDatabase } from "../../support/database.ts";
import { END_ON_FAILURE, runs, seed } from "../../support/property.ts";
import { NaiveImport, type Word } from "./naive-import.ts";
import { on } from "./sent-tasks.ts";

let database: TestDatabase;
let viewer: Viewer;
beforeAll(async () => {
  database = await createDatabase();
  viewer = await viewerOf(database, ["04", "OFFICER"]);
});
afterAll(() => database.close());

let sources = 0;
const newContext = () => new RequestContext(database.pools, NOW, { viewer });

const rowOf = ({ code, day, percent, lead, parent }: Word) => ({
  ...{ code, lead, parent, percent, title: code, assignedBy: "04", assignedOn: "2026-03-02", progress: "IN_PROGRESS" },
  ...{ coordinators: [], postponements: [], updatedAt: on(day) },
});
const send = async (source: string, words: readonly Word[]) => {
  const { created, updated, unchanged, stale, rejected } = await importTasks(newContext(), {
    ...{ source, tasks: words.map(rowOf), partial: true, dryRun: false },
  });
  return { created, updated, unchanged, stale, rejected };
};

interface Stored extends Word {
  readonly family: string;
  readonly sourceNo: number;
}
const storedOf = async (source: string): Promise<Stored[]> => {
  const { rows } = await sql<Stored>`
    select t.code, date_part('day', t.updated_at at time zone 'Asia/Ho_Chi_Minh')::int as day, t.percent, v.code as lead, t.parent_code as parent, t.family,
      t.source_id as "sourceNo"
    from task t join source s on s.id = t.source_id join unit_version v on v.unit_id = t.lead_id and v.valid_to is null where s.name = ${source} order by t.code`.execute(
    database.orm.em.fork().getKysely(),
  );
  return rows;
};
const isOfSource = (source: string) => sql`source_id in (select id from source where name = ${source})`;
/** Rows that are stored beside tasks: events, coordinators, and the number of tasks by lead. */
const keptOf = async (source: string) => {
  const { rows } = await sql<{ events: boolean; records: boolean }>`
    select (select coalesce(sum(events), 0) from task where ${isOfSource(source)}) = (select count(*) from task_event where ${isOfSource(source)}) as events,
      not exists (
        select from (select province_id, lead_id as unit_id, count(*)::int as records, min(assigned_on) as first_on from task where ${isOfSource(source)} group by 1, 2) t
        full join (select * from record_unit where kind = 'TASKS' and records > 0 and ${isOfSource(source)}) u using (province_id, unit_id)
        where t.records is distinct from u.records or t.first_on is distinct from u.first_on) as records`.execute(
    database.orm.em.fork().getKysely(),
  );
  return rows[0];
};

const CODES = ["a", "b", "c", "d", "e"] as const;
const word: fc.Arbitrary<Word> = fc.record({
  code: fc.constantFrom(...CODES),
  day: fc.integer({ min: 1, max: 6 }),
  percent: fc.oneof({ weight: 9, arbitrary: fc.constant(50) }, { weight: 1, arbitrary: fc.constant(60) }),
  lead: fc.oneof({ weight: 4, arbitrary: fc.constant("01273") }, { weight: 1, arbitrary: fc.constant("01279") }),
  parent: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 3, arbitrary: fc.constantFrom(...CODES, "x") }),
});
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ words: fc.array(word, { minLength: 1, maxLength: 7 }), isSentTwice: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ retracted: fc.uniqueArray(fc.constantFrom(...CODES), { minLength: 1, maxLength: 3 }) }) },
);

it("leaves what the rules say after any series of imports and retractions", async () => {
  const seen = { created: 0, updated: 0, unchanged: 0, stale: 0, rejected: 0, retracted: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 8 }), async (steps) => {
      const [source, naive] = [`system-${++sources}`, new NaiveImport()];
      for (const one of steps) {
        if ("words" in one) {
          for (let times = one.isSentTwice ? 2 : 1; times > 0; times--) {
            const counts = await send(source, one.words);
            expect(counts, JSON.stringify([...naive.stored.values(), one.words])).toEqual(naive.send(one.words));
            for (const name of ["created", "updated", "unchanged", "stale", "rejected"] as const) seen[name] += counts[name];
          }
        } else if (naive.stored.size > 0) {
          const { isKept } = await retractTasks(newContext(), { source, codes: one.retracted, reason: "sent by mistake" });
          expect(isKept).toBe(naive.retract(one.retracted));
          seen.retracted += Number(isKept);
        }
      }
      const stored = await storedOf(source);
      expect(stored.map(({ family: _family, sourceNo: _sourceNo, ...one }) => one)).toEqual(
        [...naive.stored.values()]
          .toSorted((one, other) => (one.code < other.code ? -1 : 1))
          .map((one) => expect.objectContaining(one) as Word),
      );
      for (const { code, family, sourceNo } of stored) expect(family).toBe(taskIdOf({ sourceNo, code: naive.topOf(code) }));
      expect(await keptOf(source)).toEqual({ events: true, records: true });
    }),
    { numRuns: runs(4), seed: seed(20_261_130), endOnFailure: END_ON_FAILURE },
  );
  expect(Object.entries(seen).filter(([, count]) => count === 0)).toEqual([]);
  await expectRecounted(database);
});

it("ends with the latest word of each task, in whatever order and batches they come", async () => {
  const history = fc.uniqueArray(fc.record({ ...{ code: fc.constantFrom(...CODES), day: fc.integer({ min: 1, max: 9 }) } }), {
    ...{ minLength: 8, maxLength: 20, selector: ({ code, day }) => `${code} ${day}` },
  });
  await fc.assert(
    fc.asyncProperty(history, fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 20, maxLength: 20 }), async (drawn, sizes) => {
      const source = `order-${++sources}`;
      const words = drawn.map(({ code, day }): Word => ({ code, day, percent: day, lead: day % 2 ? "01273" : "01279", parent: null }));
      const rest = [...words];
      // Each batch is sent twice, as systems do that got no answer.
      for (const size of sizes) {
        const batch = rest.splice(0, size);
        if (batch.length === 0) break;
        await send(source, batch);
        await send(source, batch);
      }
      const latest = new Map<string, number>();
      for (const { code, day } of words) latest.set(code, Math.max(day, latest.get(code) ?? 0));
      expect((await storedOf(source)).map(({ code, day, percent }) => [code, day, percent])).toEqual(
        [...latest].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([code, day]) => [code, day, day]),
      );
    }),
    { numRuns: runs(2), seed: seed(20_261_130), endOnFailure: END_ON_FAILURE },
  );
});
