import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type Browser, chromium, type Page } from "../clients/chromium.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";
import { codeOf, messageOf, post, send } from "../support/post.ts";

const CHROMIUM = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
const missing = !existsSync(CHROMIUM);
if (missing) console.log(`CORS: its test in a browser is skipped, there is no Chromium at ${CHROMIUM} (CHROMIUM_PATH names another)`);

const APP = "https://app.example.vn";
const NAME = { query: "{ __typename }" };

const preflight = (url: string, origin: string, headers = "content-type,authorization,x-anything") =>
  send(url, {
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": headers },
  });
const allowed = ({ headers }: { headers: Headers }) => headers.get("access-control-allow-origin");

describe("pages of other origins", () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService("EMPTY", { corsOrigins: `${APP},http://localhost:5173`, rateAddress: 40 });
  });
  afterAll(() => service.close());

  it("are answered before they ask, for hours, and never with credentials", async () => {
    const answer = await preflight(service.server.url, APP);
    expect([answer.status, answer.text]).toEqual([204, ""]);
    const { headers } = answer;
    expect(allowed(answer)).toBe(APP);
    expect(headers.get("access-control-allow-methods")).toBe("GET, HEAD, POST");
    expect(headers.get("access-control-allow-headers")).toBe("content-type,authorization,x-anything");
    expect(headers.get("access-control-max-age")).toBe("7200");
    expect(headers.get("access-control-allow-credentials")).toBeNull();
    expect(headers.get("vary")!.toLowerCase()).toMatch(/\borigin\b.*access-control-request-headers/);
    expect(headers.get("x-request-id")).not.toBeNull();
  });

  it("read the response and its relevant headers", async () => {
    const answer = await post(service.server.url, NAME, { origin: "http://localhost:5173" });
    expect([answer.status, allowed(answer)]).toEqual([200, "http://localhost:5173"]);
    expect(answer.headers.get("access-control-expose-headers")).toBe("x-request-id, retry-after, etag, www-authenticate");
    expect(answer.headers.get("vary")!.toLowerCase()).toMatch(/\borigin\b/);
  });

  it.each(["https://evil.example", "null", `${APP}.evil.example`, "http://app.example.vn", `${APP}:8443`, "HTTPS://APP.EXAMPLE.VN"])(
    "that are not named, as %s, are not let in",
    async (origin) => {
      const asked = await preflight(service.server.url, origin);
      expect([asked.status, codeOf(asked), allowed(asked)]).toEqual([403, "FORBIDDEN", null]);
      expect(messageOf(asked)).toMatch(/^origin: .* CORS_ORIGINS/);
      const answer = await post(service.server.url, NAME, { origin });
      expect([answer.status, allowed(answer)]).toEqual([200, null]);
      expect(answer.headers.get("vary")!.toLowerCase()).toMatch(/\borigin\b/);
    },
  );

  it("read refusals too, also of too expensive operations", async () => {
    const wrongKey = await post(service.server.url, NAME, { origin: APP, authorization: "Bearer none" });
    expect([wrongKey.status, allowed(wrongKey)]).toEqual([401, APP]);
    const malformed = await post(service.server.url, "{", { origin: APP });
    expect([malformed.status, allowed(malformed)]).toEqual([400, APP]);
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(service.server.url, NAME, { origin: APP })));
    const refused = answers.find(({ status }) => status === 429)!;
    expect([allowed(refused), refused.headers.get("retry-after")]).toEqual([APP, expect.stringMatching(/^\d+$/)]);
    expect((await preflight(service.server.url, APP)).status).toBe(204);
  });
});

describe("without CORS_ORIGINS, and with *", () => {
  it("no page of another origin is allowed, or all are", async () => {
    const [none, all] = [await startService("EMPTY"), await startService("EMPTY", { corsOrigins: "*" })];
    expect([(await preflight(none.server.url, APP)).status, allowed(await post(none.server.url, NAME, { origin: APP }))]).toEqual([
      400,
      null,
    ]);
    const asked = await preflight(all.server.url, APP);
    expect([asked.status, allowed(asked), asked.headers.get("access-control-allow-credentials")]).toEqual([204, "*", null]);
    expect(allowed(await post(all.server.url, NAME, { origin: "null" }))).toBe("*");
    // What is no preflight is answered as ever.
    for (const { server } of [none, all]) {
      const answer = await send(server.url, { method: "OPTIONS", headers: { "apollo-require-preflight": "1" } });
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, POST"]);
    }
    await none.close();
    await all.close();
  });
});

describe.skipIf(missing)("a page in a browser", () => {
  let pages: Server;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    pages = createServer((_request, response) => response.setHeader("content-type", "text/html").end("<!doctype html>")).listen(
      0,
      "127.0.0.1",
    );
    await once(pages, "listening");
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
    page = await browser.newPage();
    await page.goto(originOf(pages));
  });
  afterAll(async () => {
    await browser?.close();
    pages?.close();
  });
  const originOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  /** What a script of the page learns of it. */
  const ask = (url: string): Promise<string> =>
    page.evaluate<string>(`
      fetch(${JSON.stringify(url)}, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: "Bearer none" },
        body: '{"query":"{ __typename }"}',
      }).then((answer) => answer.status + " " + (answer.headers.get("x-request-id") !== null), (error) => error.message)`);

  it("sends a key if its origin is listed, and cannot otherwise", async () => {
    const named = await startService("EMPTY", { corsOrigins: originOf(pages) });
    const other = await startService("EMPTY", { corsOrigins: APP });
    expect([await ask(named.server.url), await ask(other.server.url)]).toEqual(["401 true", "Failed to fetch"]);
    await named.close();
    await other.close();
  });
});
