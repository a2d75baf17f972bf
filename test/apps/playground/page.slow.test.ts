import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import {
  ANSWER,
  answered,
  describeInBrowser,
  eventually,
  fontsOf,
  isInView,
  MONOSPACE,
  openPage,
  opener,
  QUERY,
  run,
  SECRET,
  shownTab,
  STORED,
  titlesOf,
  write,
} from "./browser.ts";

const FOLDERS = JSON.parse(await readFile(new URL("../../../schema/folders.json", import.meta.url), "utf8")) as {
  vi: string;
  en: string;
  operations: { file: string; vi: string }[];
}[];

describeInBrowser("the playground in a browser", (browser) => {
  it("opens with the first question answered and folders beside it, and draws every Vietnamese letter with its own fonts", async () => {
    const page = await openPage(browser());
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
    expect(
      browser()
        .requests.filter((url) => url.endsWith(".woff2"))
        .some((url) => url.includes("vietnamese")),
    ).toBe(true);
  });
  it("opens a query in place of an unchanged example, but in its own tab beside a user's query", async () => {
    const page = await openPage(browser());
    await page.setViewportSize({ width: 900, height: 900 });
    await answered(page, "fullName");
    await opener(page, "thành phố Bắc Kạn").click();
    await answered(page, "115");
    expect(await titlesOf(page)).toEqual(["TasksOfACity"]);
    await write(page, "query Mine { indicators { code } }");
    await eventually(() => titlesOf(page)).toEqual(["Mine"]);
    // Enough tabs for the last to lie out of sight, were it not scrolled to.
    await page.evaluate("for (let n = 0; n < 6; n++) document.querySelector('.graphiql-tab-add').click()");
    await eventually(() => isInView(page, shownTab(page))).toBe(true);
    await write(page, "query MineToo { indicators { code } }");
    await eventually(() => shownTab(page).innerText()).toBe("MineToo");
    await opener(page, "một khoảng").click();
    await answered(page, "fullName");
    await eventually(() => shownTab(page).innerText()).toBe("QuotedRange");
    await eventually(() => isInView(page, shownTab(page))).toBe(true);
    expect(await page.evaluate("document.querySelector('.graphiql-tabs').scrollLeft")).toBeGreaterThan(0);
    expect((await titlesOf(page)).slice(-2)).toEqual(["MineToo", "QuotedRange"]);
  });

  it("restores the tabs of a returning user without typed headers", async () => {
    const page = await openPage(browser());
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
    await eventually(() => page.evaluate<string>(STORED)).toContain("<untitled>");
    expect(await page.evaluate<string>(STORED)).not.toContain(SECRET);
    await page.reload();
    await page.locator(`${QUERY} .view-line`).first().waitFor();
    expect(await titlesOf(page)).toEqual(["RankingsOfACentralCity", "<untitled>"]);
    expect(await page.evaluate<string>(`localStorage.getItem("graphiql:queries")`)).toContain("query RankingsOfACentralCity");
    expect(await page.evaluate<string>(STORED)).not.toContain(SECRET);
  });

  it("finds Vietnamese terms in the documentation with or without diacritics, and lists units first", async () => {
    const page = await openPage(browser());
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

  it("can be used on a phone: open an example, run it, read the answer", async () => {
    const page = await browser().context.newPage();
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(browser().url);
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
});
