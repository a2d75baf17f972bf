import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { expect, it } from "vitest";
import { openProblemFile } from "../../../src/lib/files/problem-file.ts";
import { temporaryFolder } from "./folder.ts";

const file = temporaryFolder();

it("the problem file is not there before the first problem", () => {
  const path = file("none.csv");
  openProblemFile(path).close();
  expect(existsSync(path)).toBe(false);
});

it("the problem file has a row for each problem, and only its owner may read it, also where it was there before", () => {
  const path = file("problems.csv");
  writeFileSync(path, "old and longer than what comes".repeat(10_000), { mode: 0o644 });
  const problems = openProblemFile(path);
  problems.write({ row: 2, column: "unit", code: "NOT_FOUND", message: 'the unit "Xã A, B"\nis not known', record: "H-1" });
  for (let row = 3; row < 5000; row++) problems.write({ row, column: null, code: "RAGGED", message: "Thiếu ô", record: null });
  problems.close();
  problems.close();
  const records: string[][] = parse(readFileSync(path));
  expect(records.slice(0, 3)).toEqual([
    ["row", "column", "code", "message", "record"],
    ["2", "unit", "NOT_FOUND", 'the unit "Xã A, B"\nis not known', "H-1"],
    ["3", "", "RAGGED", "Thiếu ô", ""],
  ]);
  expect(records).toHaveLength(4999);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
