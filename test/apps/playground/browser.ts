import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Locator, type Page } from "../../clients/chromium.ts";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../../support/client.ts";

const CHROMIUM = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
const missing = !existsSync(CHROMIUM);
if (missing)
  console.log(`playground: its tests in a browser are skipped, there is no Chromium at ${CHROMIUM} (CHROMIUM_PATH names another)`);

/** Chromium sends requests to hosts of its vendor; these settings stop them, so that the list contains only requests of the page. */
const QUIET = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
export const SECRET = "typed-and-never-kept";
export const STORED = "JSON.stringify([{ ...localStorage }, { ...sessionStorage }])";

export const MONOSPACE = "JetBrains Mono";

/** A busy machine may take its time. */
export const eventually = <T>(read: () => Promise<T> | T) => expect.poll(read, { timeout: 30_000 });

export const titlesOf = (page: Page): Promise<string[]> => page.locator(".graphiql-tab-button").allInnerTexts();
export const shownTab = (page: Page): Locator => page.locator(".graphiql-tab-active");
export const isInView = (page: Page, of: Locator): Promise<boolean> =>
  of.boundingBox().then((box) => box !== null && box.x >= 0 && box.x + box.width <= page.viewportSize()!.width + 1);

/** The editor draws only the lines in view, with spaces of its own. */
export const textIn = async (page: Page, editor: string): Promise<string> =>
  (await page.locator(`${editor} .view-line`).allInnerTexts()).join("\n").replaceAll("\u00a0", " ");
export const QUERY = ".graphiql-query-editor";
export const ANSWER = ".result-window";

export const openPage = async ({ context, url }: Browser, address = url): Promise<Page> => {
  const page = await context.newPage();
  await page.goto(address);
  await page.locator(`${QUERY} .view-line`).first().waitFor();
  return page;
};

export const answered = (page: Page, text: string): Promise<void> =>
  page.locator(`${ANSWER} .view-line`, { hasText: text }).first().waitFor();

/** @returns the value of the header that the request bore. */
export const run = async (page: Page, operation: string): Promise<string> => {
  const answer = page.waitForResponse((response) => response.request().postData()?.includes(operation) ?? false);
  await page.locator(".graphiql-execute-button").click();
  const request = (await answer).request();
  await answered(page, "fullName");
  return request.headers()["x-secret"] ?? "";
};

export const opener = (page: Page, question: string): Locator => page.locator(".examples li button", { hasText: question });

export const write = async (page: Page, text: string): Promise<void> => {
  await page.locator(`${QUERY} textarea`).focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(text);
};

/** The fonts with which the browser has drawn the text of what the selector finds, and whether they came with the page. */
export const fontsOf = async (page: Page, selector: string): Promise<string[]> => {
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

export interface Browser {
  readonly context: BrowserContext;
  readonly url: string;
  readonly requests: readonly string[];
  /** The names of the operations that were sent since so many requests. */
  posted(since: number): string[];
  /** What pages wrote to their console, and what the policy refused. */
  readonly complaints: string[];
}

const launch = (folder: string): Promise<BrowserContext> =>
  chromium.launchPersistentContext(folder, {
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-software-rasterizer", "--disable-quic", ...QUIET],
    viewport: { width: 1400, height: 900 },
    reducedMotion: "reduce",
  });

const watch = async (context: BrowserContext, url: string): Promise<Browser> => {
  const sent: { url: string; body: string | null }[] = [];
  const complaints: string[] = [];
  context.on("request", (request) => sent.push({ url: request.url(), body: request.postData() }));
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  context.on("weberror", (error) => complaints.push(error.error().message));
  context.on("dialog", (dialog) => {
    complaints.push(dialog.message());
    void dialog.dismiss();
  });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await context.addInitScript(
    `addEventListener("securitypolicyviolation", (event) => console.error("refused: " + event.violatedDirective + " " + event.blockedURI))`,
  );
  return {
    context,
    url,
    complaints,
    get requests() {
      return sent.map((request) => request.url);
    },
    posted: (since) =>
      sent
        .slice(since)
        .filter(({ body }) => body !== null)
        .map(({ body }) => (JSON.parse(body!) as { operationName?: string }).operationName ?? "nameless"),
  };
};

/** Each test finds what a first visitor does; at the end nothing was asked of another host, and the policy has refused nothing. */
export const describeInBrowser = (title: string, tests: (browser: () => Browser) => void): void => {
  describe.skipIf(missing)(title, () => {
    let service: TestService;
    let folder: string;
    let browser: Browser;
    beforeAll(async () => {
      service = await startService();
      folder = await mkdtemp(join(tmpdir(), "cchc-chromium-"));
      browser = await watch(await launch(folder), service.server.url);
    });
    afterEach(async () => {
      for (const page of browser.context.pages().filter((open) => open.url() !== "about:blank")) await page.close();
      // Pages store changes with a delay, so all are closed first.
      const session = await browser.context.newCDPSession(browser.context.pages()[0]!);
      await session.send("Storage.clearDataForOrigin", { origin: new URL(browser.url).origin, storageTypes: "local_storage" });
      await session.detach();
    });
    afterAll(async () => {
      await browser?.context.close();
      await service?.close();
      if (folder) await rm(folder, { recursive: true, force: true });
    });

    tests(() => browser);

    it("asks no other host, and its policy refuses nothing that it needs", () => {
      const { origin } = new URL(browser.url);
      expect(browser.requests.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith("data:"))).toEqual([]);
      expect(browser.requests.filter((url) => url.includes("worker"))).not.toEqual([]);
      expect(browser.complaints).toEqual([]);
    });
  });
};
