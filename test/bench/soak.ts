import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { randomOf } from "../../seeds/demo/random.ts";
import { fillDemo } from "../../seeds/demo/fill.ts";
import { loadSeeds } from "../../seeds/seed.ts";
import { commandKeeper, createAccessKey } from "../../src/administration/access-key.service.ts";
import type { Database } from "../../src/database/database.ts";
import { rowsOf } from "../../src/database/reader.ts";
import { recount } from "../../src/counters/recount.service.ts";
import { withDatabase } from "./ledger-fill.ts";
import { databaseMemory, nodeMemory } from "./memory.ts";
import { median, type Service, startWatched, timed, type Watched, withDataDir } from "./process.ts";

const [READERS, WRITERS, DOSSIERS] = [8, 2, 100];
const MINUTE_MS = 60_000;
/** What lives in the service may rise by so much a minute in the last third of the time. */
const MOST_MB = 1;
const OPERATIONS = new URL("../../schema/operations/", import.meta.url);

interface UnitHistory {
  readonly dataDir: string;
  readonly service: Watched;
  /** Of those who read, by units of all provinces. */
  readonly key: string;
  readonly units: readonly string[];
  readonly provinces: readonly Province[];
  readonly documents: readonly string[];
  readonly procedures: readonly string[];
}

/** What one writer sends for. */
interface Province {
  readonly key: string;
  readonly communes: readonly string[];
}

interface Tally {
  readonly reads: number[];
  imports: number;
  readonly errors: string[];
}

/** Readers and writers over the demo for so many minutes: errors, memory by minute, times of the readers, and whether the counters are those of a recount. */
export const benchSoak = (minutes: number, scale: number) =>
  withDataDir(async (dataDir) => {
    await withDatabase(dataDir, async (database) => {
      await loadSeeds(database.orm.em.fork());
      await fillDemo(database, { say: () => {}, scale });
      await sql`vacuum analyze`.execute(database.orm.em.fork().getKysely());
    });
    const service = await startWatched(dataDir);
    const tally: Tally = { reads: [], imports: 0, errors: [] };
    try {
      const setting = await withDatabase(dataDir, (database) => settingOf(database, service, dataDir));
      await under(setting, minutes, tally);
    } finally {
      await service.stop();
    }
    const { differences } = await withDatabase(dataDir, ({ orm }) => recount(orm.em.fork(), null));
    const times = tally.reads.toSorted((a, b) => a - b);
    console.log(
      `${times.length} reads, ${tally.imports} imports of ${DOSSIERS} dossiers, ${tally.errors.length} errors; ` +
        `readers' median ${median(times).toFixed(0)} ms, p99 ${times[Math.floor(times.length * 0.99)]!.toFixed(0)} ms`,
    );
    console.log(`recount: ${JSON.stringify(differences)}`);
    for (const error of tally.errors.slice(0, 5)) console.log(error);
    if (tally.errors.length > 0 || Object.values(differences).some((rows) => rows !== 0)) process.exitCode = 1;
  });

const under = async (setting: UnitHistory, minutes: number, tally: Tally): Promise<void> => {
  const gone = new AbortController();
  const began = performance.now();
  const repeat = async (work: () => Promise<string | null>) => {
    while (!gone.signal.aborted) {
      const error = await work().catch((reason: unknown) => String(reason));
      if (error !== null) tally.errors.push(`after ${((performance.now() - began) / 1000).toFixed(0)} s: ${error}`);
    }
  };
  const working = [
    ...Array.from({ length: READERS }, (_, n) => repeat(reader(setting, n, tally))),
    ...Array.from({ length: WRITERS }, (_, n) => repeat(writer(setting, n, tally))),
  ];
  const memory: number[] = [];
  for (let minute = 1; minute <= minutes; minute++) {
    await sleep(MINUTE_MS - SAMPLES * BETWEEN_MS);
    const resident = nodeMemory(setting.service.pid);
    memory.push(await leastLiving(setting.service));
    console.log(
      `minute ${minute}: service ${resident.toFixed(0)} MB, of which ${memory.at(-1)!.toFixed(1)} MB live on after a collection, ` +
        `PostgreSQL ${databaseMemory(setting.dataDir).toFixed(0)} MB`,
    );
  }
  gone.abort();
  await Promise.all(working);
  const rise = slopeOf(memory.slice(-Math.max(2, Math.ceil(minutes / 3))));
  console.log(`what lives in the service rises by ${rise.toFixed(1)} MB a minute in the last third (${MOST_MB} is the limit)`);
  if (minutes >= 10 && rise > MOST_MB) process.exitCode = 1;
};

const [SAMPLES, BETWEEN_MS] = [8, 1000];

/** The least of several: what is being answered at the moment lives, too, and a country's tree takes tens of megabytes. */
const leastLiving = async (service: Watched): Promise<number> => {
  const samples: number[] = [];
  for (let n = 0; n < SAMPLES; n++) {
    await sleep(BETWEEN_MS);
    samples.push(await service.livingMemory());
  }
  return Math.min(...samples);
};

/** By least squares. */
const slopeOf = (values: readonly number[]): number => {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const above = values.reduce((sum, value, n) => sum + (n - middle) * (value - mean), 0);
  return above / values.reduce((sum, _, n) => sum + (n - middle) ** 2, 0);
};

const SINGLE = `query ($code: ID!, $month: Period!) {
  unit(code: $code, asOf: "2025-12-31") { fullName dossiers(period: $month) { received resolvedOverdue onTimeRate { value } } } }`;

/** The playground's documents and single units in turn; half of the readers have a key. */
const reader = ({ service, key, units, documents }: UnitHistory, number: number, { reads }: Tally) => {
  const random = randomOf(number);
  let turn = number;
  return async () => {
    const code = units[Math.floor(random() * units.length)]!;
    const month = `2025-${String(1 + Math.floor(random() * 12)).padStart(2, "0")}`;
    const single = { query: SINGLE, variables: { code, month } };
    const asked = turn++ % 2 === 0 ? { query: documents[Math.floor(turn / 2) % documents.length]! } : single;
    const { ms, answer } = await timed(() => post(service, asked, number % 2 === 0 ? key : null));
    reads.push(ms);
    return answer;
  };
};

const IMPORT = `mutation ($source: ID!, $dossiers: [DossierInput!]!) {
  importDossiers(input: { source: $source, dossiers: $dossiers }) { report { created updated problems { message } } } }`;

/** New dossiers in one call, and what became of them in the next. */
const writer = ({ service, provinces, procedures }: UnitHistory, number: number, tally: Tally) => {
  const { key, communes } = provinces[number % provinces.length]!;
  const random = randomOf(100 + number);
  let round = 0;
  return async () => {
    const batch = Math.floor(round / 2);
    const isNew = round++ % 2 === 0;
    const pick = (texts: readonly string[], seed: number) => texts[(batch * 37 + seed * 11) % texts.length]!;
    const dossiers = Array.from({ length: DOSSIERS }, (_, n) => ({
      ...{
        code: `s${number}-${batch}-${n}`,
        procedure: pick(procedures, n),
        unit: pick(communes, n),
        receivedAt: `2025-${month(n)}-05T08:00:00+07:00`,
      },
      ...(isNew
        ? { state: "PROCESSING", updatedAt: `2025-${month(n)}-05T08:00:00+07:00` }
        : {
            state: "RESOLVED",
            updatedAt: "2025-12-30T08:00:00+07:00",
            endedAt: `2025-12-${10 + Math.floor(random() * 20)}T08:00:00+07:00`,
          }),
    }));
    tally.imports++;
    return post(service, { query: IMPORT, variables: { source: `soak-${number}`, dossiers } }, key);
  };
};

const month = (n: number) => String(1 + (n % 12)).padStart(2, "0");

/** @returns what was wrong, or null. */
const post = async ({ url }: Service, body: object, key: string | null): Promise<string | null> => {
  const headers = { "content-type": "application/json", ...(key !== null && { authorization: `Bearer ${key}` }) };
  const text = await (await fetch(url, { method: "POST", headers, body: JSON.stringify(body) })).text();
  return text.includes('"errors"') || text.includes('"problems":[{') ? text.slice(0, 500) : null;
};

const settingOf = async ({ orm }: Database, service: Watched, dataDir: string): Promise<UnitHistory> => {
  const em = orm.em.fork();
  const keyOf = (unit: string, role: "VIEWER" | "OFFICER") =>
    em.transactional(async (inside) => {
      const keeper = await commandKeeper(inside, "bench");
      return (await createAccessKey(inside, keeper, { name: "bench", grants: [{ unit, role }], expiresOn: null }, new Date())).secret;
    });
  const units = await rowsOf(em).rows(sql<{ code: string; province: string }>`
    select distinct v.code, p.code as province from unit_version v
    join unit_version p on p.unit_id = v.parent_id and p.tier = 'PROVINCE' and p.valid_to is null
    where v.tier = 'COMMUNE' and v.valid_to is null and exists (select from dossier d where d.unit_id = v.unit_id) order by 1`);
  const procedures = await rowsOf(em).rows(sql<{ code: string }>`select code from procedure where competence = 'COMMUNE' order by 1`);
  const files = (await readdir(OPERATIONS)).toSorted();
  const provinces: Province[] = [];
  for (const [code, its] of Map.groupBy(units, ({ province }) => province))
    provinces.push({ key: await keyOf(code, "OFFICER"), communes: its.map(({ code: commune }) => commune) });
  return {
    ...{ dataDir, service, provinces, key: await keyOf("VN", "VIEWER") },
    units: units.map(({ code }) => code),
    procedures: procedures.map(({ code }) => code),
    // Half of the readers have no key.
    documents: (await Promise.all(files.map((file) => readFile(new URL(file, OPERATIONS), "utf8")))).filter(
      (text) => !text.includes("needs a key"),
    ),
  };
};
