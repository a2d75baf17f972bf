import fc from "fast-check";
import { type IncomingMessage, request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { linkTo, questionOf } from "../../../src/apps/playground/link.ts";
import { startService, type TestService } from "../../support/client.ts";

describe("the address of the playground", () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.close());

  const get = (path: string, headers: Record<string, string> = {}) => fetch(new URL(path, service.server.url), { headers });

  it("gives a page with a strict policy to a browser only", async () => {
    const page = await get("/graphql", { accept: "text/html,application/xhtml+xml,*/*;q=0.8" });
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const policy = page.headers.get("content-security-policy")!;
    expect(policy).toContain("default-src 'none';script-src 'self';style-src 'self' 'unsafe-inline'");
    expect(page.headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(await page.text()).not.toMatch(/<script(?![^>]* src="\/graphql\/)/);
    const asked = await get("/graphql?query=%7Bindicators%7Bcode%7D%7D", {
      accept: "text/html, application/json",
      "apollo-require-preflight": "true",
    });
    expect(asked.headers.get("content-type")).toMatch(/^application\/json/);
    expect(((await asked.json()) as { data: { indicators: unknown[] } }).data.indicators).not.toEqual([]);
  });

  it("is restored from a link whatever its characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 50 }), fc.string({ unit: "binary", maxLength: 50 }), (query, variables) => {
        const made = linkTo({ query, variables }, service.server.url);
        expect(questionOf(new URL((made as { url: string }).url).hash)).toEqual({ query, variables: variables.trim() ? variables : "" });
      }),
    );
    expect(["", "#", "#a", "#variables={}", "#xquery=a"].map(questionOf)).toEqual([null, null, null, null, null]);
  });

  it("serves the files of the bundle and no other", async () => {
    const page = await (await get("/graphql", { accept: "text/html" })).text();
    const script = await get(/src="([^"]+)"/.exec(page)![1]!);
    expect([script.status, script.headers.get("content-type")]).toEqual([200, expect.stringMatching(/^(text|application)\/javascript\b/)]);
    expect(script.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(script.headers.get("content-encoding")).toMatch(/^(br|gzip)$/);
    // fetch would add Cache-Control: no-cache.
    const headers = { "if-modified-since": script.headers.get("last-modified")! };
    const again = await new Promise<IncomingMessage>((done) => request(script.url, { headers }, done).end());
    expect(again.statusCode).toBe(304);
    const refused = ["..%2Findex.html", "%2e%2e%2f%2e%2e%2f%2e%2e%2fpackage.js", "nothing.js", "constructor", "a%00.js"];
    for (const name of refused) {
      const { status, headers: of } = await get(`/graphql/assets/${name}`);
      expect([name, status < 500 && status >= 400, of.get("content-type")]).toEqual([name, true, "application/json; charset=utf-8"]);
    }
  });
});
