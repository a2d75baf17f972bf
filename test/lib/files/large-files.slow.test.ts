import { execFile } from "node:child_process";
import { hash } from "node:crypto";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { COLUMNS, readAll, temporaryFolder } from "./folder.ts";
import { HEADER, replaced, workbookOf, zipOf } from "./xlsx-writer.ts";

const file = temporaryFolder();

it("100 MB of CSV raise the memory of the process by less than 75 MB", { timeout: 60_000 }, async () => {
  const path = file("large.csv");
  const out = openSync(path, "w");
  writeSync(out, "code,unit,note,at\n");
  const lines = Array.from({ length: 10_000 }, (_, n) => `H26-${n},H26.12.${n % 90},"đã trả, đúng hạn",2025-01-02T08:00:00+07:00\n`);
  const block = Buffer.from(lines.join("") + lines.join("").replaceAll('"', "").replaceAll(", ", " "));
  const times = Math.ceil(100_000_000 / block.length);
  for (let n = 0; n < times; n++) writeSync(out, block);
  closeSync(out);
  const script = `
    const { readRows } = await import(${JSON.stringify(new URL("../../../src/lib/files/rows.ts", import.meta.url).href)});
    const before = process.memoryUsage.rss();
    let [rows, peak] = [0, before];
    for await (const item of (await readRows(${JSON.stringify(path)}, ${JSON.stringify(COLUMNS)}, [])).rows) {
      if ("code" in item) throw new Error(item.message);
      if (++rows % 10_000 === 0) peak = Math.max(peak, process.memoryUsage.rss());
    }
    console.log(JSON.stringify({ rows, raised: peak - before }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "./src/typescript.js", "--input-type=module", "-e", script]);
  rmSync(path);
  const { rows, raised } = JSON.parse(stdout) as { rows: number; raised: number };
  expect(rows).toBe(times * 20_000);
  expect(raised).toBeLessThan(75_000_000);
});

it("a workbook with shared strings of more than 200 MB is refused, long ones or many", async () => {
  const noise = Array.from({ length: 240 }, (_, n) => hash("sha512", String(n))).join("");
  const long = `<si><t>${noise.slice(0, 30_000)}</t></si>`;
  for (const [content, times] of [
    [long.repeat(20), 345],
    [`${"<si/>".repeat(2000)}<si><t>${noise.slice(0, 300)}</t></si>`, 3500],
  ] as const) {
    const path = file(
      "a.xlsx",
      zipOf(replaced(workbookOf({ rows: HEADER }), { name: "xl/sharedStrings.xml", head: "<sst>", content, times })),
    );
    await expect(readAll(path)).rejects.toThrow("its shared strings exceed the limit of 200000000 bytes");
  }
});
