import { expect, it } from "vitest";
import { newSecret } from "../../../src/access/secret.ts";
import {
  ANSWER,
  answered,
  describeInBrowser,
  eventually,
  openPage,
  QUERY,
  run,
  SECRET,
  shownTab,
  textIn,
  titlesOf,
  write,
} from "./browser.ts";

describeInBrowser("links to questions, in a browser", (browser) => {
  it("creates a link of a query, which opens without running it", async () => {
    const page = await openPage(browser());
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
    // Typed text is stored after a delay.
    const isKept = `localStorage.getItem("graphiql:variables")?.includes("04") &&
      JSON.parse(localStorage.getItem("graphiql:tabState") ?? "{}").tabs?.some(({ variables }) => variables?.includes("04"))`;
    await eventually(() => page.evaluate(isKept)).toBe(true);
    await page.reload();
    await page.locator(`${QUERY} .view-line`).first().waitFor();
    await eventually(() => page.evaluate("location.hash")).toBe("");
    expect(await titlesOf(page)).toEqual(["Shared"]);
    await page.evaluate("localStorage.clear()");
    await page.close();
    const asked = browser().requests.length;
    const there = await openPage(browser(), url);
    await there.locator(".notice", { hasText: "chưa chạy" }).waitFor();
    await eventually(() => shownTab(there).innerText()).toBe("Shared");
    expect(await textIn(there, QUERY)).toBe(query);
    expect(await there.evaluate("location.hash")).toBe("");
    expect(await textIn(there, ANSWER)).toBe("");
    expect(browser().posted(asked)).toEqual(["IntrospectionQuery"]);
    expect(await run(there, "Shared")).toBe("");
    expect(await there.locator(".notice").isVisible()).toBe(false);
    expect(await textIn(there, ANSWER)).toContain('"fullName": "Tỉnh Cao Bằng"');
    // Another link in the page that is open already has a tab of its own, without the key that was typed for the first.
    await there.getByRole("button", { name: "Headers" }).click();
    await there.locator(".graphiql-editor-tool .graphiql-editor:visible .view-lines").click();
    await there.keyboard.insertText(`{ "x-secret": "${SECRET}" }`);
    await there.evaluate(`location.hash = "query=" + encodeURIComponent('query Second { unit(code: "48") { fullName } }')`);
    await eventually(() => shownTab(there).innerText()).toBe("Second");
    expect(await run(there, "Second")).toBe("");
  });

  it("refuses a link for a query that contains an access key or is too long", async () => {
    const page = await openPage(browser());
    await answered(page, "fullName");
    const key = newSecret();
    for (const [text, refusal] of [
      [`query { a: dossier(code: "${key}") { id } }`, "khoá truy cập"],
      ["# eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln", "khoá truy cập"],
      [`# ${"ồ".repeat(5_600)}`, "dài quá"],
    ] as const) {
      await write(page, text);
      await page.getByRole("button", { name: "link to this query" }).click();
      await page.locator(".notice", { hasText: refusal }).waitFor();
      expect(await page.evaluate("location.hash")).toBe("");
    }
  });

  it("runs no code of a hostile link", async () => {
    const script = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
    const mutation = `mutation Revoke { revokeAccessKey(input: { id: "a" }) { accessKey { id } } }`;
    const hostile = [
      `query=${encodeURIComponent(`{ indicators { code } } ${mutation}`)}&operationName=Revoke&run=1`,
      `query=${"{".repeat(10_000)}`,
      `query=${encodeURIComponent(mutation)}`,
      `query=${encodeURIComponent(`# ${script}\nquery A { unit(code: "${script}") { id } }`)}&variables=${encodeURIComponent(script)}`,
      `query=${script}`,
      "query=%E0%A4%A&variables=%",
      `query=${encodeURIComponent("query A { indicators { code } } #\u2028mutation B { x }\u202E\u200B\0\uFFFF")}`,
      "query=&variables=&query=x",
      `query=${encodeURIComponent("query A { indicators { code } }")}&headers=${encodeURIComponent('{"authorization":"Bearer x"}')}`,
      "query=javascript:document.title='owned'&__proto__[x]=1&constructor=1",
      `query=${"a".repeat(300_000)}`,
    ];
    const asked = browser().requests.length;
    const page = await browser().context.newPage();
    for (const [n, fragment] of hostile.entries()) {
      // The first ones open the page, the others come into it.
      if (n < 2) {
        await page.goto("about:blank");
        await page.goto(`${browser().url}#${fragment}`);
        await page.locator(".notice:visible").waitFor();
      } else await page.evaluate(`void (location.hash = ${JSON.stringify(fragment)})`);
      await eventually(() => page.evaluate("location.hash")).toBe("");
      expect([await page.title(), await page.locator("#playground script, #playground img").count()]).toEqual(["cchc-graph", 0]);
    }
    await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
    await page.getByLabel("Tìm trong tài liệu").fill("quá hạn");
    await page.locator(".documentation .listed code").first().waitFor();
    expect(
      browser()
        .posted(asked)
        .filter((name) => !["IntrospectionQuery", "DossiersOfADistrict"].includes(name)),
    ).toEqual([]);
  });
});
