import { sql } from "kysely";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { print } from "graphql";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { demoDossiers, readDemoInput } from "../../seeds/demo/dossiers.ts";
import { fillDemo } from "../../seeds/demo/fill.ts";
import { DEMO_PROVINCES } from "../../seeds/demo/provinces.ts";
import { demoTasks } from "../../seeds/demo/tasks.ts";
import { loadSeeds } from "../../seeds/seed.ts";
import { type Database, openDatabase } from "../../src/database/database.ts";
import { recount } from "../../src/counters/recount.service.ts";
import { AYearOfDossiersDocument } from "../generated/operations.ts";
import { fillDataFolder } from "../support/data-folder.ts";
import { NO_DIFFERENCES } from "../support/recount.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
/** The part of the dossiers that is filled in here. */
const SCALE = 0.02;
const SOURCES = DEMO_PROVINCES.map(({ source }) => source);

interface Started {
  readonly process: ChildProcess;
  /** The exit code, once it has ended. */
  readonly ended: Promise<number | null>;
  readonly output: () => string;
}

const startDemo = (dataDir: string, env: NodeJS.ProcessEnv = {}, args: readonly string[] = []): Started => {
  const { DATABASE_URL: _given, DATABASE_OWNER_URL: _owners, ...inherited } = process.env;
  const child = spawn("npm", ["run", "demo", ...args], {
    ...{ cwd: PROJECT, detached: true },
    env: { ...inherited, PORT: "0", WARM_UP: "off", STATEMENT_MS_PUBLIC: "10000", DATA_DIR: dataDir, ...env },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (output += String(bytes)));
  return { process: child, output: () => output, ended: new Promise((done) => child.once("close", done)) };
};

describe("npm run demo", () => {
  let dataDir: string;
  const demoDir = () => `${dataDir}-demo`;
  let demo: Started;
  let url: string;
  const said: string[] = [];
  const found: Record<
    "halfway" | "filled" | "again",
    { readonly dossiers: number; readonly sources: readonly string[]; readonly tasks: number }
  > = {} as never;

  const contentOf = async ({ orm }: Database) => {
    const { rows } = await sql<{ dossiers: number; sources: string[]; tasks: number }>`
      select (select count(*)::int from dossier) as dossiers,
        (select coalesce(array_agg(s.name order by s.id), '{}') from record_import i join source s on s.id = i.source_id where i.kind = 'DOSSIERS') as sources,
        (select count(*)::int from task) as tasks`.execute(orm.em.fork().getKysely());
    return rows[0]!;
  };

  /** As the command does it, but for the number of dossiers. */
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "cchc-demo-"));
    await mkdir(demoDir(), { mode: 0o711 });
    await fillDataFolder(demoDir());
    const database = await openDatabase({ databaseUrl: null, dataDir: demoDir() });
    const stopping = new AbortController();
    const say = (line: string) => {
      said.push(line);
      if (line.endsWith("dossiers of Hà Tĩnh")) stopping.abort();
    };
    try {
      await loadSeeds(database.orm.em.fork());
      const filling = { say, scale: SCALE };
      await expect(fillDemo(database, { ...filling, signal: stopping.signal })).rejects.toThrow("aborted");
      found.halfway = await contentOf(database);
      await fillDemo(database, filling);
      found.filled = await contentOf(database);
      said.length = 0;
      await fillDemo(database, filling);
      found.again = await contentOf(database);
      expect((await recount(database.orm.em.fork(), null)).differences).toEqual(NO_DIFFERENCES);
    } finally {
      await database.close();
    }
    demo = startDemo(dataDir);
    await vi.waitFor(() => expect(demo.output()).toContain("ready at"), 60_000);
    url = /ready at (\S+)/.exec(demo.output())![1]!;
  });

  afterAll(async () => {
    demo?.process.kill("SIGINT");
    await demo?.ended;
    for (const folder of [dataDir, demoDir()]) await rm(folder, { recursive: true, force: true });
  });

  interface Rollup {
    readonly received: number | null;
    readonly resolvedOverdue: number;
    readonly inProcess: number;
    readonly onTimeRate: { readonly value: number };
    readonly sources: readonly { readonly kind: string; readonly title: string }[];
  }

  const ask = async <T>(query: string): Promise<T> => {
    const headers = { "content-type": "application/json" };
    const answer = (await (await fetch(url, { method: "POST", headers, body: JSON.stringify({ query }) })).json()) as {
      readonly data: T;
      readonly errors?: unknown;
    };
    expect(answer.errors).toBeUndefined();
    return answer.data;
  };

  it("stores every dossier, resumes after a stop, and fills nothing twice", async () => {
    const input = await readDemoInput();
    const made = DEMO_PROVINCES.map((province) => [...demoDossiers(input, province, SCALE)].length);
    const tasks = DEMO_PROVINCES.map((province) => [...demoTasks(input, province, SCALE)].length);
    const sum = (counts: readonly number[]) => counts.reduce((whole, count) => whole + count, 0);
    expect(found.halfway).toEqual({ dossiers: sum(made.slice(0, 2)), sources: SOURCES.slice(0, 2), tasks: sum(tasks.slice(0, 2)) });
    expect(found.filled).toEqual({ dossiers: sum(made), sources: SOURCES, tasks: sum(tasks) });
    expect(found.again).toEqual(found.filled);
    const summary = `existing: ${found.filled.dossiers.toLocaleString("en-US")} dossiers, up to 2025-12-31`;
    expect(said).toEqual([summary]);
    expect(demo.output()).toContain(summary);
    expect(demo.output()).not.toMatch(/making up|loading/);
  });

  it.each([
    ["demo-cao-bang", "04", "04"],
    ["demo-da-nang", "48", "48"],
    ["demo-da-nang", "49", "48"],
    ["demo-ha-tinh", "42", "42"],
    ["demo-quang-ninh", "22", "22"],
    ["demo-bac-kan", "06", "19"],
  ])("%s has roll-ups of %s before the reform and of %s after it", async (title, before, after) => {
    const fields = "{ received resolvedOverdue inProcess onTimeRate { value } sources { kind title } }";
    const data = await ask<Record<"before" | "after", { dossiers: Rollup }>>(`{
      before: unit(code: "${before}", asOf: "2025-06-30") { dossiers(period: "2025-H1") ${fields} }
      after: unit(code: "${after}", asOf: "2025-12-31") { dossiers(period: "2025-H2") ${fields} } }`);
    for (const { dossiers } of [data.before, data.after]) {
      expect(dossiers.received).toBeGreaterThan(200);
      expect(dossiers.resolvedOverdue).toBeGreaterThan(0);
      expect(dossiers.inProcess).toBeGreaterThan(0);
      expect(dossiers.onTimeRate.value).toBeGreaterThan(0.9);
      expect(dossiers.sources).toEqual([{ kind: "SYNTHETIC", title }]);
    }
  });

  it("marks every roll-up as generated, the whole country's too", async () => {
    const sources = "received sources { kind }";
    const { unit } = await ask<object & { unit: object }>(`{ unit(code: "VN", asOf: "2025-12-31") { dossiers(period: "2025") {
      ${sources} byTier { rollup { ${sources} } } series(grain: MONTH) { ${sources} }
      } } }`);
    const rollups: Rollup[] = [];
    JSON.stringify(unit, (_key, value: unknown) => {
      if (value !== null && typeof value === "object" && "sources" in value) rollups.push(value as Rollup);
      return value;
    });
    const living = rollups.filter(({ received }) => received !== null && received > 0);
    expect(living.length).toBeGreaterThan(12);
    expect(new Set(living.flatMap((rollup) => rollup.sources.map(({ kind }) => kind)))).toEqual(new Set(["SYNTHETIC"]));
    expect(living.filter((rollup) => rollup.sources.length === 0)).toEqual([]);
  });

  it("answers the playground's question about it", async () => {
    const { unit, before } = await ask<Record<"unit" | "before", { fullName: string; dossiers: Rollup & { series: Rollup[] } }>>(
      print(AYearOfDossiersDocument),
    );
    expect([unit.fullName, before.fullName]).toEqual(["Thành phố Đà Nẵng", "Tỉnh Quảng Nam"]);
    expect(before.dossiers.received).toBeGreaterThan(0);
    expect(unit.dossiers.series.map(({ received }) => received! > 0)).toEqual(Array.from({ length: 12 }, () => true));
  });

  it("has its own folder beside the service's data in DATA_DIR", () => {
    expect(readdirSync(dataDir)).toEqual([]);
    expect(demo.output()).toContain(`embedded in ${demoDir()}`);
  });

  it.each([
    ["2025-06-30", "--until: an existing demo ends on 2025-12-31; start it without --until, or delete its folder first"],
    ["2019-12-30", "must be a day from 2019-12-31 to "],
    ["2099-01-01", "must be a day from 2019-12-31 to "],
    ["tomorrow", "must be a day from 2019-12-31 to "],
  ])("refuses --until %s, and leaves the existing data unchanged", async (until, message) => {
    const refused = startDemo(dataDir, {}, ["--", "--until", until]);
    onTestFinished(() => void refused.process.kill());
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain(message);
  });

  it("refuses any DATABASE_URL, and creates nothing", async () => {
    const other = join(dataDir, "other");
    const refused = startDemo(other, { DATABASE_URL: "postgresql://cchc:secret@127.0.0.1:1/cchc" });
    onTestFinished(() => void refused.process.kill());
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain("cchc-graph: DATABASE_URL: the demo writes generated dossiers only to an embedded database");
    expect(refused.output()).not.toContain("secret");
    expect(existsSync(other)).toBe(false);
  });
});
