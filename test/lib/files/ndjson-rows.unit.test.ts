import { describe, expect, it } from "vitest";
import { readAll, temporaryFolder } from "./folder.ts";

const file = temporaryFolder();

describe("rows of an NDJSON file", () => {
  it("are the values of each line as they are, blank lines left out", async () => {
    const found = await readAll(file("a.ndjson", '\uFEFF{"code":"A1","note":1.5}\r\n\n{"code":"A2","note":[{"from":null}],"unit":true}'));
    expect(found.rows).toEqual([
      { row: 1, cells: { code: "A1", note: 1.5 } },
      { row: 3, cells: { code: "A2", note: [{ from: null }], unit: true } },
    ]);
    expect(found.done).toBe(found.total);
  });

  it("are in NFC, however it is written", async () => {
    const escaped = String.raw`{"code":"e\u0301","note":["e\u0301"]}`;
    const { rows } = await readAll(file("a.jsonl", `{"code":"${"Huế".normalize("NFD")}"}\n${escaped}\n`));
    expect(rows.map(({ cells }) => cells)).toEqual([{ code: "Huế" }, { code: "é", note: ["é"] }]);
  });

  it("of an empty file are none", async () => {
    expect(await readAll(file("empty.ndjson", ""))).toMatchObject({ rows: [], faults: [] });
  });

  it("that cannot be read harm no other", async () => {
    const lines = [
      '{"code":"A1"}',
      "{",
      "[1]",
      "null",
      '{"code":"A2","colour":1}',
      '{"__proto__":1}',
      `{"code":"${"x".repeat(1_100_000)}"}`,
    ];
    const bytes = Buffer.concat([Buffer.from(`${lines.join("\n")}\n{"code":"`), Buffer.from([0xff]), Buffer.from('"}\n{"code":"A9"}\n')]);
    const found = await readAll(file("b.ndjson", bytes));
    expect(found.rows.map(({ row }) => row)).toEqual([1, 9]);
    expect(found.faults.map(({ row, column, code }) => [row, column, code])).toEqual([
      [2, null, "NOT_JSON"],
      [3, null, "NOT_JSON"],
      [4, null, "NOT_JSON"],
      [5, "colour", "UNKNOWN_COLUMN"],
      [6, "__proto__", "UNKNOWN_COLUMN"],
      [7, null, "LINE_TOO_LONG"],
      [8, null, "NOT_UTF8"],
    ]);
    expect(found.faults[3]?.message).toBe("is not a column; must be one of code, unit, note, at");
  });
});
