import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "./support/client.ts";

const CHROMIUM = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
const missing = !existsSync(CHROMIUM);
if (missing)
  console.log(`playground: its tests in a browser are skipped, there is no Chromium at ${CHROMIUM} (CHROMIUM_PATH names another)`);

/** Chromium asks its maker's hosts on its own account; these keep the list of requests ours. */
const QUIET = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const SECRET = "typed-and-never-kept";
const STORED = "JSON.stringify([{ ...localStorage }, { ...sessionStorage }])";

const titlesOf = (page: Page): Promise<string[]> => page.locator(".graphiql-tab-button").allInnerTexts();

const openPage = async (context: BrowserContext, url: string): Promise<Page> => {
  const page = await context.newPage();
  await page.goto(url);
  await page.locator(".graphiql-query-editor .view-line").first().waitFor();
  return page;
};

/** @returns the value of the header that the request bore. */
const run = async (page: Page, operation: string): Promise<string> => {
  const answered = page.waitForResponse((response) => response.request().postData()?.includes(operation) ?? false);
  await page.locator(".graphiql-execute-button").click();
  const answer = await answered;
  await page.locator(".result-window .view-line", { hasText: "fullName" }).first().waitFor();
  return answer.request().headers()["x-secret"] ?? "";
};

describe.skipIf(missing)("the playground in a browser", () => {
  let service: TestService;
  let folder: string;
  let context: BrowserContext;
  const requests: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    service = await startService();
    folder = await mkdtemp(join(tmpdir(), "cchc-chromium-"));
    context = await chromium.launchPersistentContext(folder, {
      executablePath: CHROMIUM,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", ...QUIET],
      viewport: { width: 1400, height: 900 },
    });
    context.on("request", (request) => requests.push(request.url()));
    context.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    context.on("weberror", (error) => complaints.push(error.error().message));
    await context.addInitScript(
      `addEventListener("securitypolicyviolation", (event) => console.error("refused: " + event.violatedDirective + " " + event.blockedURI))`,
    );
  });
  afterAll(async () => {
    await context?.close();
    await service?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it("opens with a tab for every operation, and answers the first", async () => {
    const page = await openPage(context, service.server.url);
    const files = (await readdir(new URL("../schema/operations/", import.meta.url))).toSorted();
    const words = files.map((file) => file.replace(/^\d\d-|\.graphql$/g, "").replaceAll("-", ""));
    expect((await titlesOf(page)).map((title) => title.toLowerCase())).toEqual(words);
    await run(page, "TasksOfACity");
    expect(await page.locator(".result-window").innerText()).toMatch(/"total":\s115\b/);
    await page.close();
  });

  it("keeps the tabs of a user who comes back, and no typed header", async () => {
    const page = await openPage(context, service.server.url);
    const before = await titlesOf(page);
    // The history passes over a question that only gained headers since it was last asked, so this asks another.
    await page.locator(".graphiql-tab-button").nth(1).click();
    await page.getByRole("button", { name: "Headers" }).click();
    await page.locator(".graphiql-editor-tool .graphiql-editor:visible .view-lines").click();
    await page.keyboard.insertText(`{ "x-secret": "${SECRET}" }`);
    // What is typed reaches the history only after a while.
    await page.waitForTimeout(1_000);
    expect(await run(page, "RankingsOfACentralCity")).toBe(SECRET);
    await page.locator(".graphiql-tab-add").click();
    // GraphiQL writes its tabs half a second after the last change.
    await expect.poll(() => page.evaluate<string>(STORED), { timeout: 10_000 }).toContain("<untitled>");
    expect(await page.evaluate<string>(STORED)).not.toContain(SECRET);
    await page.reload();
    await page.locator(".graphiql-query-editor .view-line").first().waitFor();
    expect(await titlesOf(page)).toEqual([...before, "<untitled>"]);
    expect(await page.evaluate<string>(`localStorage.getItem("graphiql:queries")`)).toContain("query RankingsOfACentralCity");
    expect(await page.evaluate<string>(STORED)).not.toContain(SECRET);
    await page.close();
  });

  it("asks no other host, and its policy refuses nothing that it needs", () => {
    const { origin } = new URL(service.server.url);
    expect(requests.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith("data:"))).toEqual([]);
    expect(requests.filter((url) => url.includes("worker"))).not.toEqual([]);
    expect(complaints).toEqual([]);
  });
});

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
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'");
    expect(await page.text()).not.toMatch(/<script(?![^>]* src="\/graphql\/)/);
    const asked = await get("/graphql?query=%7Bindicators%7Bcode%7D%7D", {
      accept: "text/html, application/json",
      "apollo-require-preflight": "true",
    });
    expect(asked.headers.get("content-type")).toMatch(/^application\/json/);
    expect(((await asked.json()) as { data: { indicators: unknown[] } }).data.indicators).not.toEqual([]);
  });

  it("serves the files of the bundle and no other", async () => {
    const page = await (await get("/graphql", { accept: "text/html" })).text();
    const script = await get(/src="([^"]+)"/.exec(page)![1]!);
    expect([script.status, script.headers.get("content-type")]).toEqual([200, "text/javascript; charset=utf-8"]);
    expect(script.headers.get("cache-control")).toContain("immutable");
    const refused = ["..%2Findex.html", "%2e%2e%2f%2e%2e%2f%2e%2e%2fpackage.js", "nothing.js", "constructor", "a%00.js"];
    expect(await Promise.all(refused.map(async (name) => (await get(`/graphql/assets/${name}`)).status))).toEqual(refused.map(() => 404));
  });
});
