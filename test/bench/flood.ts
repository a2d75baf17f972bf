import { setTimeout as sleep } from "node:timers/promises";
import { commandKeeper, createAccessKey } from "../../src/administration/access-key.service.ts";
import { fillLedger, withDatabase } from "./ledger-fill.ts";
import { median, type Service, startService, timed, withDataDir } from "./process.ts";

const SECONDS = 20;
const READERS = 4;
const FLOODERS = 6;
const PAUSE_MS = 50;

/** Compares readers with a key, imports and /livez with and without anonymous callers who request ever new periods. */
export const benchFlood = (dossiers: number) =>
  withDataDir(async (dataDir) => {
    const service = await startService(dataDir);
    try {
      await fillLedger(dataDir, service, dossiers);
      const client = { service, key: await officerKey(dataDir), sent: { codes: 0 } };
      await measured(client, 2);
      const quiet = await measured(client, SECONDS);
      const gone = new AbortController();
      const floods = Array.from({ length: FLOODERS }, (_, n) => flood(service, n, gone.signal));
      const flooded = await measured(client, SECONDS);
      gone.abort();
      await Promise.all(floods);
      console.log(`quiet: ${textOf(quiet)}`);
      console.log(`beside ${FLOODERS} clients without a key, each asking for 30 new periods at once: ${textOf(flooded)}`);
      console.log(`ratio ${(p95(flooded.readers) / p95(quiet.readers)).toFixed(2)} of the readers' p95, of ${SECONDS} s each`);
    } finally {
      await service.stop();
    }
  });

const officerKey = (dataDir: string): Promise<string> =>
  withDatabase(dataDir, ({ orm }) =>
    orm.em.fork().transactional(async (em) => {
      const keeper = await commandKeeper(em, "bench");
      const grants = [{ unit: "04", role: "OFFICER" as const }];
      return (await createAccessKey(em, keeper, { name: "bench", grants, expiresOn: null }, new Date())).secret;
    }),
  );

interface Client {
  readonly service: Service;
  readonly key: string;
  readonly sent: { codes: number };
}

interface Measured {
  readonly readers: number[];
  readonly livez: number[];
  readonly imports: number[];
  /** What was not answered as it should be. */
  readonly refused: { reads: number; imports: number; livez: number };
}

const measured = async (client: Client, seconds: number): Promise<Measured> => {
  const found: Measured = { readers: [], livez: [], imports: [], refused: { reads: 0, imports: 0, livez: 0 } };
  const end = performance.now() + seconds * 1000;
  const repeat = async (times: number[], kind: keyof Measured["refused"], ask: () => Promise<boolean>) => {
    while (performance.now() < end) {
      const { ms, answer } = await timed(() => ask().catch(() => false));
      times.push(ms);
      if (!answer) found.refused[kind]++;
      await sleep(PAUSE_MS);
    }
  };
  const periods = ["2025", "2026-Q1", "2025-07", "2024-02-15/2026-03-14"];
  let asked = 0;
  await Promise.all([
    ...Array.from({ length: READERS }, () => repeat(found.readers, "reads", () => reads(client, periods[asked++ % periods.length]!))),
    repeat(found.imports, "imports", () => imports(client)),
    repeat(found.livez, "livez", async () => (await fetch(new URL("/livez", client.service.url))).ok),
  ]);
  return found;
};

const post = async ({ url }: Pick<Service, "url">, body: object, key?: string, signal?: AbortSignal): Promise<string> => {
  const headers = { "content-type": "application/json", ...(key !== undefined && { authorization: `Bearer ${key}` }) };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body), ...(signal && { signal }) });
  return response.text();
};

const isWhole = (text: string) => text.includes('"data"') && !text.includes('"errors"');

const reads = async ({ service, key }: Client, period: string): Promise<boolean> =>
  isWhole(await post(service, { query: `{ unit(code: "04", asOf: "2025-12-31") { dossiers(period: "${period}") { received } } }` }, key));

const imports = async ({ service, key, sent }: Client): Promise<boolean> => {
  const query = `mutation ($dossiers: [DossierInput!]!) { importDossiers(input: { source: "flood", dossiers: $dossiers }) { report { created } } }`;
  const dossier = { code: `f-${++sent.codes}`, procedure: "1.000001", unit: "01558", state: "PROCESSING" };
  const times = { receivedAt: "2026-03-03T08:00:00+07:00", updatedAt: "2026-03-03T08:00:00+07:00" };
  return (await post(service, { query, variables: { dossiers: [{ ...dossier, ...times }] } }, key)).includes('"created":1');
};

/** Requests ranges of whole months that were not requested before, until the signal. */
const flood = async (service: Service, client: number, signal: AbortSignal): Promise<void> => {
  for (let round = 0; !signal.aborted; round++) {
    const fields = Array.from({ length: 30 }, (_, n) => {
      const month = ((round * FLOODERS + client) * 30 + n) % 1000;
      return `a${n}: dossiers(period: "${1931 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, "0")}-15/2026-03-14") { received }`;
    });
    await post(service, { query: `{ unit(code: "04", asOf: "2025-12-31") { ${fields.join(" ")} } }` }, undefined, signal).catch(() => "");
  }
};

const p95 = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)]!;

const textOf = ({ readers, imports: sent, livez, refused }: Measured): string =>
  `readers with a key p95 ${p95(readers).toFixed(0)} ms (median ${median(readers).toFixed(0)}), ${refused.reads} of ${readers.length} refused; ` +
  `imports p95 ${p95(sent).toFixed(0)} ms, ${refused.imports} of ${sent.length} refused; ` +
  `/livez p95 ${p95(livez).toFixed(0)} ms, ${refused.livez} of ${livez.length} unanswered`;
