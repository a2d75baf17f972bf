import { sql } from "kysely";
import { describe, expect, it, onTestFinished } from "vitest";
import type { TestDatabase } from "../support/database.ts";
import { createDatabase } from "../support/database.ts";
import { readEnv } from "../../src/server/env.ts";
import { createLog } from "../../src/server/running/log.ts";
import { warmUp } from "../../src/server/running/warm-up.ts";

interface EditionRow {
  readonly id: number;
  readonly contributed: boolean;
  readonly rows: number;
}

const editionsOf = async ({ orm }: TestDatabase): Promise<EditionRow[]> =>
  (
    await sql<EditionRow>`select id, contributed, (select count(*) from contribution c where c.edition_id = e.id) as rows
    from edition e order by starts_on desc`.execute(orm.em.fork().getKysely())
  ).rows;

const seeded = async () => {
  const database = await createDatabase();
  onTestFinished(() => database.close());
  let text = "";
  const log = createLog(readEnv({}), { write: (line) => void (text += line) });
  return { database, log, text: () => text };
};

describe("background computation", () => {
  it("stores the lineage of the editions without one, the newest first, until it is stopped", async () => {
    const { database, log, text } = await seeded();
    const stopping = new AbortController();
    const before = await editionsOf(database);
    const missing = before.filter(({ contributed }) => !contributed);
    expect(missing.length).toBeGreaterThan(2);
    const warming = warmUp(database.pools, log, stopping.signal);
    while ((await editionsOf(database)).filter(({ contributed }) => !contributed).length === missing.length)
      await new Promise((done) => setTimeout(done, 50));
    stopping.abort();
    await warming;
    const after = await editionsOf(database);
    const worked = after.filter(({ id, contributed }) => contributed && missing.some((one) => one.id === id));
    expect(worked.map(({ id }) => id)).toEqual(missing.slice(0, worked.length).map(({ id }) => id));
    expect(worked.length).toBeLessThan(missing.length);
    for (const { rows } of worked) expect(rows).toBeGreaterThan(10_000);
    expect(text()).toBe("");
    const { rows } = await sql<{ share: number }>`
      select reltuples / (select count(*) from contribution) as share from pg_class where relname = 'contribution'`.execute(
      database.orm.em.fork().getKysely(),
    );
    expect(rows[0]!.share, "rows that the planner's statistics know").toBeGreaterThan(0.75);
  });

  it("logs one line if it fails, and nothing else", async () => {
    const { database, log, text } = await seeded();
    await sql`alter table edition rename to lost`.execute(database.orm.em.fork().getKysely());
    await warmUp(database.pools, log, new AbortController().signal);
    expect(text()).toMatch(/^cchc-graph: the lineage of the editions was not computed; .*\n.*relation "edition" does not exist/);
  });
});
