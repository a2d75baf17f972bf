import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Viewer } from "../../src/access/viewer.ts";
import { subgraph } from "../../src/graphql/schema/subgraph.ts";
import { Reader } from "../../src/database/reader.ts";
import { ensureContributions } from "../../src/hierarchy/contribution.service.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { askAs, viewerOf } from "../support/viewer.ts";

let database: TestDatabase;
let register: (name: string) => Promise<string>;

beforeAll(async () => {
  database = await createDatabase();
  const { schema } = await subgraph();
  const admin: Viewer = await viewerOf(database, "admin", { "48": "ADMIN" });
  register = async (name) => {
    const input = { unit: "48", kind: "DEPARTMENT", name, validFrom: "2025-08-01" };
    const { data, errors } = await askAs<{ registerAgency: { agency: { id: string } } }>(
      schema,
      database,
      admin,
      "mutation ($input: RegisterAgencyInput!) { registerAgency(input: $input) { agency { id } } }",
      { input },
    );
    expect(errors).toBeUndefined();
    return data.registerAgency.agency.id;
  };
});
afterAll(() => database.close());

const db = () => database.orm.em.fork().getKysely();

/** The two latest editions without contributions. */
const untraced = async () =>
  (await sql<{ id: number }>`select id from edition where not contributed order by starts_on desc limit 2`.execute(db())).rows.map(
    ({ id }) => id,
  ) as [number, number];

const isTraced = async (edition: number) =>
  (await sql<{ contributed: boolean }>`select contributed from edition where id = ${edition}`.execute(db())).rows[0]!.contributed;

const lineage = async (edition: number) =>
  (
    await sql<{
      line: string;
    }>`select concat_ws(' ', target_id, unit_id, certain, nearest) as line from contribution where edition_id = ${edition} order by 1`.execute(
      db(),
    )
  ).rows.map(({ line }) => line);

/** Blocks computing the lineage of the edition until the returned function is called. */
const holdUp = async (edition: number) => {
  const holding = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const country = sql<number>`(select unit_id from unit_version where tier = 'COUNTRY' limit 1)`;
  const held = database.orm.em
    .fork()
    .transactional(async (em) => {
      await sql`insert into contribution (edition_id, target_id, unit_id, certain, nearest) values (${edition}, ${country}, ${country}, true, true)`.execute(
        em.getKysely(),
      );
      holding.resolve();
      await release.promise;
      throw new Error("undone");
    })
    .catch(() => {});
  await holding.promise;
  return async () => {
    release.resolve();
    await held;
  };
};

const waitsForTheHeld = async () => {
  for (;;) {
    const { rows } = await sql<{ waits: boolean }>`
      select exists (select from pg_stat_activity where datname = current_database() and wait_event = 'transactionid'
        and query like 'copy "contribution"%') as waits`.execute(db());
    if (rows[0]!.waits) return;
    await new Promise((done) => setTimeout(done, 20));
  }
};

describe("a first read of an edition whose lineage is not stored", () => {
  it("blocks no registration of an agency, and includes that agency in the end", async () => {
    const [other, edition] = await untraced();
    const release = await holdUp(edition);
    const reading = ensureContributions(new Reader(database.pools), [edition, other]);
    await waitsForTheHeld();
    expect(await isTraced(other)).toBe(true);
    const agency = await register("Sở Đăng ký bên cạnh");
    expect(await isTraced(edition)).toBe(false);
    await release();
    await reading;
    expect(await isTraced(edition)).toBe(true);
    const { rows } = await sql<{ editions: number[] }>`
      select array_agg(distinct c.edition_id order by c.edition_id) as editions from contribution c join unit u on u.id = c.unit_id
      where u.key = ${agency} and c.edition_id in (${other}, ${edition})`.execute(db());
    expect(rows[0]!.editions).toEqual([edition, other]);
  });

  it("stores the same contributions as an undisturbed one", async () => {
    const [edition] = await untraced();
    const readers = [1, 2, 3].map(() => ensureContributions(new Reader(database.pools), [edition]));
    await register("Sở Đăng ký thứ hai");
    await Promise.all(readers);
    const disturbed = await lineage(edition);
    await sql`delete from contribution where edition_id = ${edition}`.execute(db());
    await sql`update edition set contributed = false where id = ${edition}`.execute(db());
    await ensureContributions(new Reader(database.pools), [edition]);
    expect(await lineage(edition)).toEqual(disturbed);
    expect(disturbed.length).toBeGreaterThan(10_000);
  });
});
