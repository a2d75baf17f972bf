import { sql } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";
import { dossier, givenDossiers, IMPORT, type ImportAnswer } from "../support/dossiers.ts";

let service: TestService;
let officer: string;

beforeAll(async () => {
  service = await startService();
  officer = await givenDossiers(service);
  await send(0);
});
afterAll(() => service.close());

const send = async (n: number) => {
  const dossiers = [dossier({ code: `d-${n}` })];
  const { data, errors } = await service.ask<ImportAnswer, object>(IMPORT, { source: "cao-bang", dossiers }, officer);
  return errors ? errors[0]!.message : data.importDossiers.report.created;
};

/** Thirty runs of whole months that nobody has asked for. */
const floodOf = (n: number): string => {
  const fields = Array.from({ length: 30 }, (_, at) => {
    const place = (n * 30 + at) % 1100;
    const [year, month] = [1931 + Math.floor(place / 12), String((place % 12) + 1).padStart(2, "0")];
    return `a${at}: dossiers(period: "${year}-${month}-15/2026-03-14") { received }`;
  });
  return `{ unit(code: "04", asOf: "2025-12-31") { ${fields.join(" ")} } }`;
};

it(
  "a flood of new periods without a key refuses no import and no reader with a key, and stores nothing",
  { timeout: 120_000 },
  async () => {
    const gone = new AbortController();
    const seen = { floods: 0 };
    const flood = async (n: number) => {
      for (let again = 0; !gone.signal.aborted; again++) {
        await fetch(service.server.url, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ query: floodOf(n + again * 4) }),
          signal: gone.signal,
        })
          .then((response) => response.text())
          .catch(() => "");
        seen.floods++;
      }
    };
    const floods = Array.from({ length: 4 }, (_, n) => flood(n));
    const periods = ["2026-03", "2025", "2026-Q1", "2024-02-15/2026-03-14", "2023-02-15/2026-03-14", "2022-12"];
    const answers: unknown[] = [];
    for (const [n, period] of periods.entries()) {
      answers.push(await send(n + 1));
      const query = `{ unit(code: "04", asOf: "2025-12-31") { dossiers(period: "${period}") { received coverage { unitsCovered } } } }`;
      answers.push((await service.ask(query, {}, officer)).errors ?? "answered");
      answers.push((await fetch(new URL("/livez", service.server.url))).status);
    }
    gone.abort();
    await Promise.all(floods);
    expect(answers).toEqual(periods.flatMap(() => [1, "answered", 200]));
    const { rows } = await sql`select from rollup_set where period_from < '2015-01-01' or drafts <> ''`.execute(
      service.database.orm.em.fork().getKysely(),
    );
    expect(rows).toEqual([]);
    expect(seen.floods).toBeGreaterThan(0);
  },
);
