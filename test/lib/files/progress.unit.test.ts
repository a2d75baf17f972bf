import { expect, it } from "vitest";
import { createProgress } from "../../../src/lib/files/progress.ts";

const recorded = (isTTY: boolean, columns = 100) => {
  const texts: string[] = [];
  let time = 50_000;
  const out = { isTTY, columns, write: (text: string) => texts.push(text) };
  return { texts, out, now: () => time, pass: (ms: number) => (time += ms) };
};

it("on a terminal one line is redrawn, at most five times a second", () => {
  const { texts, out, now, pass } = recorded(true);
  const progress = createProgress(out, { label: "dossiers", total: 1000 }, now);
  progress.at(0, 0);
  for (let n = 1; n <= 100; n++) {
    pass(10);
    progress.at(n * 5, n * 1000);
  }
  expect(texts).toHaveLength(6);
  expect(texts[0]).toBe("\rdossiers [........................]   0 %, 0 rows/s, remaining time unknown\u001B[K");
  expect(texts[5]).toBe("\rdossiers [############............]  50 %, 100,000 rows/s, 0:01 left\u001B[K");
  pass(4000);
  progress.end(200_000);
  expect(texts.slice(6).join("")).toBe("\rdossiers: 200,000 rows in 0:05, 40,000 rows/s\u001B[K\n");
});

it("the line on a terminal is never wider than it", () => {
  const { texts, out, now } = recorded(true, 20);
  createProgress(out, { label: "dossiers", total: 10 }, now).at(5, 5);
  expect(texts[0]).toBe("\rdossiers [#########\u001B[K");
});

it("without a terminal there is a plain line every 10 s, and one at the end", () => {
  const { texts, out, now, pass } = recorded(false);
  const progress = createProgress(out, { label: "dossiers", total: 1_000_000 }, now);
  for (let n = 1; n <= 35; n++) {
    progress.at(n * 100, n * 1000);
    pass(1000);
  }
  progress.end(35_000);
  expect(texts.join("").split("\n")).toEqual([
    "dossiers: 0 %, 11,000 rows, 1,100 rows/s, 2:31:21 left",
    "dossiers: 0 %, 21,000 rows, 1,050 rows/s, 2:38:24 left",
    "dossiers: 0 %, 31,000 rows, 1,033 rows/s, 2:40:48 left",
    "dossiers: 35,000 rows in 0:35, 1,000 rows/s",
    "",
  ]);
});

it("an empty file is complete immediately, and a growing one is never above 100 %", () => {
  for (const total of [0, 10]) {
    const { texts, out, now } = recorded(true);
    createProgress(out, { label: "x", total }, now).at(50, 0);
    expect(texts[0]).toContain("100 %, 0 rows/s, 0:00 left");
  }
});
