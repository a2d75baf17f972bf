import type { EntityManager } from "@mikro-orm/postgresql";
import fc from "fast-check";
import { GraphQLError } from "graphql";
import { sql } from "kysely";
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Viewer } from "../../src/access/viewer.ts";
import { FileError } from "../../src/lib/files/file-error.ts";
import { rowsOf } from "../../src/database/reader.ts";
import { RequestContext } from "../../src/access/request-context.ts";
import { addDays, type Day } from "../../src/lib/time/date.ts";
import { closeAgency, registerAgency } from "../../src/administration/agency-register.service.ts";
import { makeContributions } from "../../src/hierarchy/contribution.service.ts";
import { editionsOf } from "../../src/hierarchy/edition.ts";
import { applyUnits } from "../../src/administration/unit-apply.service.ts";
import { checkSuccessions, checkVersions } from "../../src/hierarchy/unit-file.ts";
import { loadUnits } from "../../src/hierarchy/unit-load.service.ts";
import { type NextFiles, readNextUnits } from "../../src/hierarchy/unit-next.ts";
import { AGENCY_KINDS } from "../../src/hierarchy/unit.entity.ts";
import { type Draw, History, type UnitHistory } from "../rollups/random-history.ts";
import { NOW } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { viewerOf } from "../support/viewer.ts";
import { folderOf, nextEdition } from "./next-edition.ts";
import { END_ON_FAILURE, runs, seed } from "../support/property.ts";

const RUNS = runs(5);
const SEED = seed(20_261_124);

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase("EMPTY");
});
afterAll(() => database.close());

const rowOf = (row: number) => ({
  row,
  get: () => "",
  written: () => "",
  fail: (column: string, problem: string) => new FileError("world", row, column, problem),
});

const filesOf = ({ versions, successions }: UnitHistory): NextFiles => ({
  versions: { rows: versions.map((_, n) => rowOf(n)), said: versions },
  successions: { rows: successions.map((_, n) => rowOf(n)), said: successions },
  editions: [],
  digests: {},
});

/** A random country through time that follows the rules of unit files. */
const drawWorld = (draw: Draw): UnitHistory => {
  for (;;) {
    const history = new History(draw).play();
    const { versions, successions } = filesOf(history);
    try {
      checkVersions(versions.rows, versions.said);
      checkSuccessions(successions.rows, successions.said, versions.said);
      return history;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
    }
  }
};

/** The rows of the history that exist at the end of a day. */
const until = ({ versions, successions, days }: UnitHistory, last: Day): UnitHistory => ({
  versions: versions
    .filter(({ validFrom }) => validFrom <= last)
    .map((version) => ({ ...version, validTo: version.validTo !== null && version.validTo > last ? null : version.validTo })),
  successions: successions.filter(({ effectiveOn }) => effectiveOn <= last),
  days: days.filter((day) => day <= last),
});

const load = async (em: EntityManager, history: UnitHistory): Promise<void> => {
  await sql`truncate unit, unit_version, succession, edition, contribution, source, figure, rollup_set, audit_entry
    restart identity cascade`.execute(em.getKysely());
  const count = (day: Day, tier: string) =>
    history.versions.filter((v) => v.tier === tier && v.validFrom <= day && (v.validTo === null || v.validTo > day)).length;
  const editions = history.days.map((date, n) => {
    const counts = { provinces: count(date, "PROVINCE"), districts: count(date, "DISTRICT"), communes: count(date, "COMMUNE") };
    const cells: Record<string, string | number> = { date, ...counts };
    const get = (column: string) => String(cells[column]);
    return { ...rowOf(n), get, written: get };
  });
  await loadUnits(em, { ...history, editions });
};

const editionIds = async (em: EntityManager, contributed = false): Promise<number[]> => {
  const { rows } = await sql<{ id: number }>`select id from edition where contributed or not ${contributed} order by id`.execute(
    em.getKysely(),
  );
  return rows.map(({ id }) => id);
};

const contributions = async (em: EntityManager) =>
  (await sql`select * from contribution order by edition_id, unit_id, target_id`.execute(em.getKysely())).rows;

/** All of it, made anew for the editions for which it is stored. */
const fromScratch = async (em: EntityManager) => {
  const made = await editionIds(em, true);
  await sql`delete from contribution`.execute(em.getKysely());
  await sql`update edition set contributed = false`.execute(em.getKysely());
  await makeContributions(em, made);
  return contributions(em);
};

const digestOf = (rows: readonly unknown[]): string => createHash("sha256").update(JSON.stringify(rows)).digest("hex");

/** The hierarchy by public ids, without its agencies. */
const hierarchy = async (em: EntityManager) => {
  const tables = [
    sql`select key, began_on, ended_on from unit where key not like '%/%' order by key`,
    sql`select u.key, p.key as parent, v.valid_from, v.valid_to, v.code, v.tier, v.kind, v.name, v.full_name from unit_version v
      join unit u on u.id = v.unit_id left join unit p on p.id = v.parent_id where v.tier is not null order by u.key, v.valid_from`,
    sql`select p.key as predecessor, u.key as successor, s.effective_on, s.kind from succession s join unit p on p.id = s.predecessor_id
      join unit u on u.id = s.successor_id where p.key not like '%/%' order by 1, 2`,
    sql`select id, starts_on from edition order by id`,
  ];
  const found = [];
  for (const table of tables) found.push((await table.execute(em.getKysely())).rows);
  return found;
};

/** Registers and closes random agencies on random days; what is refused changes nothing. */
const stir = async (draw: Draw, history: UnitHistory, viewer: Viewer): Promise<number> => {
  const pick = <T>(list: readonly T[]): T => list[draw(fc.integer, { min: 0, max: list.length - 1 })]!;
  const someDay = () =>
    addDays(pick(["2015-08-31", "2018-01-01", "2021-07-01", "2023-05-10", "2025-07-01"]), draw(fc.integer, { min: 0, max: 40 }) * 20);
  const keys = [...new Set(history.versions.map(({ key }) => key))];
  const made: string[] = [];
  let changed = 0;
  const attempt = async (change: (context: RequestContext) => Promise<{ id: string }>) => {
    try {
      made.push((await change(new RequestContext(database.pools, NOW, { viewer }))).id);
      changed++;
    } catch (error) {
      if (!(error instanceof GraphQLError) || !/BAD_USER_INPUT|CONFLICT/.test(String(error.extensions["code"]))) throw error;
    }
  };
  for (let n = draw(fc.integer, { min: 2, max: 8 }); n > 0; n--) {
    const [first, second] = [someDay(), someDay()].toSorted() as [Day, Day];
    const open = draw(fc.boolean);
    const input = { unit: pick(keys), kind: pick(AGENCY_KINDS), name: `Agency ${pick(["A", "B", "C"])}`, validFrom: first };
    await attempt((context) => registerAgency(context, { ...input, ...(!open && { validTo: second }) }));
  }
  for (let n = draw(fc.integer, { min: 0, max: 6 }); n > 0 && made.length > 0; n--) {
    const closing = { id: pick(made), lastDay: someDay(), successor: draw(fc.boolean) ? pick(made) : null };
    await attempt((context) => closeAgency(context, closing));
  }
  return changed;
};

describe("contributions that are updated", () => {
  it("are those made from scratch, after random agencies and an edition of random changes", async () => {
    const seen = { changed: 0, applied: 0 };
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (draw) => {
        const em = database.orm.em.fork();
        const history = drawWorld(draw);
        const last = history.days[draw(fc.integer, { min: 0, max: history.days.length - 1 })]!;
        await load(em, until(history, last));
        const all = await editionIds(em);
        await makeContributions(
          em,
          all.filter(() => draw(fc.boolean)),
        );
        const viewer = await viewerOf(database, "admin", { cVN: "ADMIN" });
        seen.changed += await stir(draw, until(history, last), viewer);
        expect(await contributions(em)).toEqual(await fromScratch(em));
        const refused = await applyUnits(em.fork(), filesOf(history), "test", NOW).then(
          ({ made }) => void (seen.applied += made.length),
          (error: unknown) => error,
        );
        if (refused) {
          expect((refused as Error).message).toMatch(/ends it before its agency .* begins/);
          return;
        }
        const applied = await hierarchy(em);
        expect(await contributions(em)).toEqual(await fromScratch(em));
        seen.changed += await stir(draw, history, viewer);
        expect(await contributions(em)).toEqual(await fromScratch(em));
        await load(em, history);
        expect(applied).toEqual(await hierarchy(em));
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: END_ON_FAILURE },
    );
    expect(seen.changed).toBeGreaterThan(RUNS);
    expect(seen.applied).toBeGreaterThan(RUNS / 4);
  });
});

describe("contributions of the real units", () => {
  it("are those made from scratch after an edition in which units of 2025 take others in", async () => {
    const seeded = await createDatabase("SEEDED");
    const { path, remove } = await folderOf(nextEdition("2027-01-01", "2027-07-01"));
    try {
      const em = seeded.orm.em.fork();
      // Those of more editions are computed in the same way.
      await sql`truncate contribution`.execute(em.getKysely());
      await sql`update edition set contributed = false`.execute(em.getKysely());
      await makeContributions(em, await editionsOf(rowsOf(em), ["2015-12-31", "2025-07-01"]));
      const before = await contributions(em);
      await applyUnits(em.fork(), await readNextUnits(path), "test", NOW);
      const after = await contributions(em);
      expect(after.length).toBeGreaterThan(before.length);
      expect(digestOf(after)).toBe(digestOf(await fromScratch(em)));
    } finally {
      await remove();
      await seeded.close();
    }
  });
});
