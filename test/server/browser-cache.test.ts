import { existsSync } from "node:fs";
import { Writable } from "node:stream";
import { pino } from "pino";
import { type Browser, chromium, type Page } from "../clients/chromium.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";
import { issueKey } from "../support/key.ts";

const CHROMIUM = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
const missing = !existsSync(CHROMIUM);
if (missing)
  console.log(`the cache of a browser: its tests are skipped, there is no Chromium at ${CHROMIUM} (CHROMIUM_PATH names another)`);

const PAST = '{ unit(code: "048", asOf: "2022-12-31") { fullName dossiers(period: "2022") { received } } }';
const TODAY = '{ unit(code: "04") { fullName } }';

describe.skipIf(missing)("the cache of a browser", () => {
  const asked: string[] = [];
  let service: TestService;
  let key: string;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    const stream = new Writable({
      write: (line: Buffer, _encoding, done) => {
        const { path, status } = JSON.parse(line.toString()) as { path?: string; status?: number };
        if (path === "/graphql") asked.push(String(status));
        done();
      },
    });
    service = await startService("SEEDED", { log: pino({ level: "info" }, stream) });
    key = await issueKey(service.database, "Cao Bằng", { "04": "VIEWER" });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
    page = await browser.newPage();
    await page.goto(new URL("/schema.graphql", service.server.url).href);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.close();
  });

  /** What a script of the page is given, and what the service was asked for it. */
  const get = async (query: string, init: RequestInit = {}) => {
    asked.length = 0;
    const url = `/graphql?query=${encodeURIComponent(query)}`;
    const options = { ...init, headers: { "apollo-require-preflight": "1", ...init.headers } };
    const text = await page.evaluate<string>(`fetch(${JSON.stringify(url)}, ${JSON.stringify(options)}).then((answer) => answer.text())`);
    // The line of the log comes when the connection is done with it.
    await page.evaluate("fetch('/livez').then((answer) => answer.text())");
    return { received: (JSON.parse(text) as { data: unknown }).data, asked: [...asked] };
  };

  it("reuses a response about the past for a while, then revalidates it without a body", async () => {
    const first = await get(PAST);
    expect(first).toMatchObject({ received: { unit: { fullName: "Huyện Hạ Lang" } }, asked: ["200"] });
    // On a machine that is slower than the time it may be kept for, again.
    const anew = async () => {
      await get(PAST, { cache: "reload" });
      return get(PAST);
    };
    await expect.poll(anew, { timeout: 60_000 }).toEqual({ received: first.received, asked: [] });
    // What a browser does by itself when the time is over.
    expect(await get(PAST, { cache: "no-cache" })).toEqual({ received: first.received, asked: ["304"] });
  });

  it("never gives it to somebody with a key", async () => {
    await get(PAST);
    const withKey = { headers: { authorization: `Bearer ${key}` } };
    for (let n = 0; n < 2; n++) expect((await get(PAST, withKey)).asked).toEqual(["200"]);
  });

  it("does not store a response that may differ today", async () => {
    for (let n = 0; n < 2; n++) expect((await get(TODAY)).asked).toEqual(["200"]);
  });
});
