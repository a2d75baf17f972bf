import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { expect, it } from "vitest";
import { csvLine, unguarded } from "../../../src/lib/files/csv-writer.ts";
import { runs, seed } from "../../support/property.ts";

it("a record is read back unchanged by a CSV reader, whatever its cells contain", () => {
  const cells = ["", "a,b", 'in "quotes"', "two\nlines", "semi;colon", "Xã Ea Đar", "x\ty"];
  expect(parse(csvLine(cells), { recordDelimiter: "\n" })).toEqual([cells]);
});

it("a text is read back as it was before it was guarded", () => {
  const any = fc.string({ unit: fc.constantFrom("'", "=", "-", ";", "\n", "\t", " ", '"', "a", "＝") });
  fc.assert(
    fc.property(any, (text) => {
      expect(unguarded(parse(csvLine([text, ""]), { recordDelimiter: "\n" })[0]![0]!)).toBe(text);
    }),
    { numRuns: runs(2000), seed: seed(61) },
  );
});

it.each([
  ["=1+1", "'=1+1"],
  ["+1", "'+1"],
  ["-1", "'-1"],
  ["@SUM(A1)", "'@SUM(A1)"],
  [" =1", "' =1"],
  ['"=1"', `"'""=1"""`],
  ["' \u00A0\u200B=1", "'' \u00A0\u200B=1"],
  ["＝1", "'＝1"],
  ["\tx", `"'\tx"`],
  ["\rx", `"'\rx"`],
  ["\nx", `"'\nx"`],
  ["a;=1", `"a;'=1"`],
  ["a\n=1", `"a\n'=1"`],
  ["\t=1", `"'\t'=1"`],
  ["a\t @x", `"a\t' @x"`],
  ["a = b, -1", '"a = b, -1"'],
  ["2025-01-02", "2025-01-02"],
])("the cell %j is written as %j", (text, written) => {
  expect(csvLine([text])).toBe(`${written}\n`);
});
