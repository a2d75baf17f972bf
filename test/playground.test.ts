import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Locator, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { newSecret } from "../src/access/secret.ts";
import { startService, type TestService } from "./support/client.ts";

const CHROMIUM = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
const missing = !existsSync(CHROMIUM);
if (missing)
  console.log(`playground: its tests in a browser are skipped, there is no Chromium at ${CHROMIUM} (CHROMIUM_PATH names another)`);

/** Chromium asks its maker's hosts on its own account; these keep the list of requests ours. */
const QUIET = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const SECRET = "typed-and-never-kept";
const STORED = "JSON.stringify([{ ...localStorage }, { ...sessionStorage }])";

const MONOSPACE = "JetBrains Mono";
const FOLDERS = JSON.parse(await readFile(new URL("../schema/folders.json", import.meta.url), "utf8")) as {
  vi: string;
  en: string;
  operations: { file: string; vi: string }[];
}[];

const titlesOf = (page: Page): Promise<string[]> => page.locator(".graphiql-tab-button").allInnerTexts();
const shownTab = (page: Page): Locator => page.locator(".graphiql-tab-active");
const isInView = (page: Page, of: Locator): Promise<boolean> =>
  of.boundingBox().then((box) => box !== null && box.x >= 0 && box.x + box.width <= page.viewportSize()!.width + 1);

/** The editor draws only the lines in view, with spaces of its own. */
const textIn = async (page: Page, editor: string): Promise<string> =>
  (await page.locator(`${editor} .view-line`).allInnerTexts()).join("\n").replaceAll("\u00a0", " ");
const QUERY = ".graphiql-query-editor";
const ANSWER = ".result-window";

const openPage = async (context: BrowserContext, url: string): Promise<Page> => {
  const page = await context.newPage();
  await page.goto(url);
  await page.locator(`${QUERY} .view-line`).first().waitFor();
  return page;
};

const answered = (page: Page, text: string): Promise<void> => page.locator(`${ANSWER} .view-line`, { hasText: text }).first().waitFor();

/** @returns the value of the header that the request bore. */
const run = async (page: Page, operation: string): Promise<string> => {
  const answer = page.waitForResponse((response) => response.request().postData()?.includes(operation) ?? false);
  await page.locator(".graphiql-execute-button").click();
  const request = (await answer).request();
  await answered(page, "fullName");
  return request.headers()["x-secret"] ?? "";
};

const opener = (page: Page, question: string): Locator => page.locator(".examples li button", { hasText: question });

const write = async (page: Page, text: string): Promise<void> => {
  await page.locator(`${QUERY} textarea`).focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(text);
};

/** The fonts with which the browser has drawn the text of what the selector finds, and whether they came with the page. */
const fontsOf = async (page: Page, selector: string): Promise<string[]> => {
  const session = await page.context().newCDPSession(page);
  await session.send("DOM.enable");
  await session.send("CSS.enable");
  const { root } = await session.send("DOM.getDocument");
  const { nodeIds } = await session.send("DOM.querySelectorAll", { nodeId: root.nodeId, selector });
  const drawn = await Promise.all(nodeIds.map((nodeId) => session.send("CSS.getPlatformFontsForNode", { nodeId })));
  await session.detach();
  const names = drawn.flatMap(({ fonts }) => fonts.map((font) => `${font.familyName}${font.isCustomFont ? "" : " of the system"}`));
  return [...new Set(names)].toSorted();
};

describe.skipIf(missing)("the playground in a browser", () => {
  let service: TestService;
  let folder: string;
  let context: BrowserContext;
  const requests: string[] = [];
  const bodies: (string | null)[] = [];
  /** The names of the operations that were sent since then. */
  const posted = (since: number): string[] =>
    bodies
      .slice(since)
      .filter((body) => body !== null)
      .map((body) => (JSON.parse(body) as { operationName?: string }).operationName ?? "nameless");
  const complaints: string[] = [];

  beforeAll(async () => {
    service = await startService();
    folder = await mkdtemp(join(tmpdir(), "cchc-chromium-"));
    context = await chromium.launchPersistentContext(folder, {
      executablePath: CHROMIUM,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", ...QUIET],
      viewport: { width: 1400, height: 900 },
    });
    context.on("request", (request) => {
      requests.push(request.url());
      bodies.push(request.postData());
    });
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    context.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    context.on("weberror", (error) => complaints.push(error.error().message));
    await context.addInitScript(
      `addEventListener("securitypolicyviolation", (event) => console.error("refused: " + event.violatedDirective + " " + event.blockedURI))`,
    );
  });
  /** Each test finds what a first visitor does. */
  afterEach(async () => {
    for (const page of context.pages().filter((open) => open.url() !== "about:blank")) {
      await page.evaluate("localStorage.clear()");
      await page.close();
    }
  });
  afterAll(async () => {
    await context?.close();
    await service?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it("opens with the first question answered and folders beside it, and draws every Vietnamese letter with its own fonts", async () => {
    const page = await openPage(context, service.server.url);
    await answered(page, "32521");
    expect(await titlesOf(page)).toEqual(["DossiersOfADistrict"]);
    const folders = page.locator(".examples summary");
    expect(await folders.first().isVisible()).toBe(true);
    expect(await folders.allInnerTexts()).toEqual(FOLDERS.map(({ vi, en }) => `${vi} ${en}`));
    const questions = FOLDERS.flatMap(({ operations }) => operations.map(({ vi }) => vi));
    expect((await page.locator(".examples li button").allInnerTexts()).map((text) => text.split("\n")[0])).toEqual(questions);
    expect(await fontsOf(page, ".examples *")).toEqual(["Roboto", "Roboto Medium"]);
    expect(await fontsOf(page, `${ANSWER} .view-line span`)).toEqual([MONOSPACE]);
    for (const text of ["aếồẵ ỄỘƯỢ đĐ ữỵ", "ê\u0301 ô\u0300 a\u0306\u0303"]) {
      await write(page, `# ${text}`);
      await page.locator(`${QUERY} .view-line`, { hasText: text[0]! }).first().waitFor();
      expect(await fontsOf(page, `${QUERY} .view-line span`)).toEqual([MONOSPACE]);
    }
    expect(requests.filter((url) => url.endsWith(".woff2")).some((url) => url.includes("vietnamese"))).toBe(true);
  });
  it("opens a question where it is seen: over another example, but in a tab of its own beside what somebody wrote", async () => {
    const page = await openPage(context, service.server.url);
    await page.setViewportSize({ width: 900, height: 900 });
    await answered(page, "fullName");
    await opener(page, "thành phố Bắc Kạn").click();
    await answered(page, "115");
    expect(await titlesOf(page)).toEqual(["TasksOfACity"]);
    await write(page, "query Mine { indicators { code } }");
    await expect.poll(() => titlesOf(page)).toEqual(["Mine"]);
    // Enough tabs for the last to lie out of sight, were it not scrolled to.
    await page.evaluate("for (let n = 0; n < 6; n++) document.querySelector('.graphiql-tab-add').click()");
    await expect.poll(() => isInView(page, shownTab(page))).toBe(true);
    await write(page, "query MineToo { indicators { code } }");
    await expect.poll(() => shownTab(page).innerText()).toBe("MineToo");
    await opener(page, "một khoảng").click();
    await answered(page, "fullName");
    await expect.poll(() => shownTab(page).innerText()).toBe("QuotedRange");
    await expect.poll(() => isInView(page, shownTab(page))).toBe(true);
    expect(await page.evaluate("document.querySelector('.graphiql-tabs').scrollLeft")).toBeGreaterThan(0);
    expect((await titlesOf(page)).slice(-2)).toEqual(["MineToo", "QuotedRange"]);
  });

  it("keeps the tabs of a user who comes back, and no typed header", async () => {
    const page = await openPage(context, service.server.url);
    await answered(page, "fullName");
    // The history passes over a question that only gained headers since it was last asked, so this asks another.
    await opener(page, "Đà Nẵng xếp hạng").click();
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
    await page.locator(`${QUERY} .view-line`).first().waitFor();
    expect(await titlesOf(page)).toEqual(["RankingsOfACentralCity", "<untitled>"]);
    expect(await page.evaluate<string>(`localStorage.getItem("graphiql:queries")`)).toContain("query RankingsOfACentralCity");
    expect(await page.evaluate<string>(STORED)).not.toContain(SECRET);
  });

  it("finds in its documentation what a Vietnamese term means, with or without diacritics, and begins with units", async () => {
    const page = await openPage(context, service.server.url);
    await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
    const search = page.getByLabel("Tìm trong tài liệu");
    const found = page.locator(".documentation .listed code");
    const foundFor = async (text: string): Promise<string[]> => {
      await search.fill(text);
      return found.allInnerTexts();
    };
    const overdue = await foundFor("quá hạn");
    expect(overdue).toEqual(
      expect.arrayContaining(["DossierRollup.resolvedOverdue", "TaskRollup.overdue", "DossierMeasure.IN_PROCESS_OVERDUE"]),
    );
    expect(await foundFor("QUA HAN")).toEqual(expect.arrayContaining(overdue));
    expect(await foundFor("don vi")).toContain("Query.unit");
    expect(await foundFor("onTimeRate")).toContain("DossierRollup.onTimeRate");
    expect(await foundFor("Query.units(within)")).toEqual(["Query.units(within)"]);
    expect(await foundFor("không ai nói thế này")).toEqual([]);
    await search.fill("quá hạn");
    await found.getByText("TaskRollup.overdue", { exact: true }).click();
    await page.locator(".graphiql-doc-explorer-title", { hasText: "overdue" }).waitFor();
    expect(await page.locator(".graphiql-doc-explorer-content").innerText()).toContain("(quá hạn)");
    await foundFor("Query");
    await found.getByText("Query", { exact: true }).click();
    const fields = page.locator(".graphiql-doc-explorer-content .graphiql-doc-explorer-field-name");
    await fields.first().waitFor();
    expect((await fields.allInnerTexts()).slice(0, 2)).toEqual(["unit", "units"]);
  });

  it("makes a link of what is asked, which shows it elsewhere and waits for the reader's word", async () => {
    const page = await openPage(context, service.server.url);
    await answered(page, "fullName");
    await page.getByRole("button", { name: "Headers" }).click();
    await page.locator(".graphiql-editor-tool .graphiql-editor:visible .view-lines").click();
    await page.keyboard.insertText(`{ "x-secret": "${SECRET}" }`);
    const query = 'query Shared($code: ID!) { unit(code: $code) { fullName } } # Hồ sơ + "đúng hạn" & 100 % #1';
    await write(page, query);
    await page.getByRole("button", { name: "Variables" }).click();
    await page.locator(".graphiql-editor-tool .graphiql-editor:visible .view-lines").click();
    await page.keyboard.insertText('{ "code": "04" }');
    await page.getByRole("button", { name: "link to this query" }).click();
    await page.locator(".notice", { hasText: "Đã chép liên kết" }).waitFor();
    const url = await page.evaluate<string>("navigator.clipboard.readText()");
    expect(new URL(url).search + decodeURIComponent(url)).not.toMatch(/secret/i);
    expect(page.url()).toBe(url);
    const asked = requests.length;
    const there = await openPage(context, url);
    await there.locator(".notice", { hasText: "chưa chạy" }).waitFor();
    await expect.poll(() => shownTab(there).innerText()).toBe("Shared");
    expect(await textIn(there, QUERY)).toBe(query);
    expect(await there.evaluate("location.hash")).toBe("");
    expect(await textIn(there, ANSWER)).toBe("");
    expect(posted(asked)).toEqual(["IntrospectionQuery"]);
    expect(await run(there, "Shared")).toBe("");
    expect(await textIn(there, ANSWER)).toContain('"fullName": "Tỉnh Cao Bằng"');
    // Another link in the page that is open already has a tab of its own, without the key that was typed for the first.
    await there.getByRole("button", { name: "Headers" }).click();
    await there.locator(".graphiql-editor-tool .graphiql-editor:visible .view-lines").click();
    await there.keyboard.insertText(`{ "x-secret": "${SECRET}" }`);
    await there.evaluate(`location.hash = "query=" + encodeURIComponent('query Second { unit(code: "48") { fullName } }')`);
    await expect.poll(() => shownTab(there).innerText()).toBe("Second");
    expect(await run(there, "Second")).toBe("");
  });

  it("makes no link of what holds an access key or is too long", async () => {
    const page = await openPage(context, service.server.url);
    await answered(page, "fullName");
    const key = newSecret();
    for (const [text, refusal] of [
      [`query { a: dossier(code: "${key}") { id } }`, "khoá truy cập"],
      ["# eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln", "khoá truy cập"],
      [`# ${"ồ".repeat(10_000)}`, "dài quá"],
    ] as const) {
      await write(page, text);
      await page.getByRole("button", { name: "link to this query" }).click();
      await page.locator(".notice", { hasText: refusal }).waitFor();
      expect(await page.evaluate("location.hash")).toBe("");
    }
  });

  it("does no harm by a hostile link", async () => {
    const script = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
    const mutation = `mutation Revoke { revokeAccessKey(input: { id: "a" }) { accessKey { id } } }`;
    const hostile = [
      `query=${encodeURIComponent(mutation)}`,
      `query=${"{".repeat(10_000)}`,
      `query=${encodeURIComponent(`{ indicators { code } } ${mutation}`)}&operationName=Revoke&run=1`,
      `query=${encodeURIComponent(`# ${script}\nquery A { unit(code: "${script}") { id } }`)}&variables=${encodeURIComponent(script)}`,
      `query=${script}`,
      "query=%E0%A4%A&variables=%",
      "query=&variables=&query=x",
      `query=${encodeURIComponent("query A { indicators { code } }")}&headers=${encodeURIComponent('{"authorization":"Bearer x"}')}`,
      "query=javascript:document.title='owned'&__proto__[x]=1&constructor=1",
      `query=${"a".repeat(1_500_000)}`,
    ];
    const asked = requests.length;
    const page = await openPage(context, service.server.url);
    await answered(page, "fullName");
    for (const [n, fragment] of hostile.entries()) {
      // The first ones open the page, the others come into it.
      if (n < 3) {
        await page.goto("about:blank");
        await page.goto(`${service.server.url}#${fragment}`);
        await page.locator(".notice:visible").waitFor();
      } else await page.evaluate(`void (location.hash = ${JSON.stringify(fragment)})`);
      await expect.poll(() => page.evaluate("location.hash")).toBe("");
      expect([await page.title(), await page.locator("#playground script, #playground img").count()]).toEqual(["cchc-graph", 0]);
    }
    await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
    await page.getByLabel("Tìm trong tài liệu").fill("quá hạn");
    await page.locator(".documentation .listed code").first().waitFor();
    expect(posted(asked).filter((name) => !["IntrospectionQuery", "DossiersOfADistrict"].includes(name))).toEqual([]);
  });

  it("can be used on a phone: open an example, run it, read the answer", async () => {
    const page = await context.newPage();
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(service.server.url);
    await answered(page, "32521");
    await page.getByRole("button", { name: "Show Câu hỏi mẫu" }).click();
    const question = opener(page, "thành phố Bắc Kạn");
    expect(await isInView(page, question)).toBe(true);
    await question.click();
    await answered(page, "115");
    await page.locator(`${ANSWER} .view-line`, { hasText: "115" }).first().waitFor();
    for (const part of [QUERY, ".graphiql-execute-button", ANSWER]) expect(await isInView(page, page.locator(part)), part).toBe(true);
    const { width, height } = (await page.locator(ANSWER).boundingBox())!;
    expect([width > 300, height > 250]).toEqual([true, true]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await run(page, "TasksOfACity");
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
