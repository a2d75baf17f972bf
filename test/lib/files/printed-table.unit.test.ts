import { expect, it } from "vitest";
import { type PrintedTable, writeTable } from "../../../src/lib/files/printed-table.ts";
import { readAll, temporaryFolder } from "./folder.ts";

const file = temporaryFolder();
const table = (title: readonly string[] = []): PrintedTable => ({
  name: "Bảng điểm 2025: xã [1/2]",
  columns: ["code", "unit", "note", "at"].map((heading) => ({ heading, width: 12 })),
  title,
  rows: [{ cells: ["I", "Chỉ đạo điều hành", 101.69, null], isBold: true }, { cells: ["007", "=1+1", -2.5, "dòng 1\ndòng 2"] }],
});

it.each(["csv", "xlsx"] as const)("is read back from %s with its numbers, and no text becomes a formula", async (format) => {
  const path = file(`table.${format}`, await writeTable(table(), format));
  const { rows, faults } = await readAll(path);
  expect(faults).toEqual([]);
  const number = (value: number) => (format === "csv" ? String(value) : value);
  expect(rows.map(({ cells }) => Object.values(cells))).toEqual([
    ["I", "Chỉ đạo điều hành", number(101.69), null],
    ["007", format === "csv" ? "'=1+1" : "=1+1", number(-2.5), "dòng 1\ndòng 2"],
  ]);
});

it("has its title above the headings in a workbook only", async () => {
  const titled = table(["Phiếu chấm điểm"]);
  expect(String(await writeTable(titled, "csv")).split("\n")[0]).toBe("code,unit,note,at");
  await expect(readAll(file("titled.xlsx", await writeTable(titled, "xlsx")))).rejects.toThrow(/Phiếu chấm điểm/);
});

it("opens in a workbook with characters that XML does not have", async () => {
  const noted = { ...table(), rows: [{ cells: ["1", "a\u0001b\u000B\uFFFEc", 1, "\u001F"] }] };
  const { rows, faults } = await readAll(file("controls.xlsx", await writeTable(noted, "xlsx")));
  expect([faults, rows.map(({ cells }) => Object.values(cells))]).toEqual([[], [["1", "abc", 1, null]]]);
});
