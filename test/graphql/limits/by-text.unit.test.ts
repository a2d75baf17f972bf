import { describe, expect, it } from "vitest";
import { byText } from "../../../src/graphql/limits/by-text.ts";

describe("what was found in a document", () => {
  it("is remembered by its text, and an error is found again each time", () => {
    let count = 0;
    const lengthOf = byText((text) => {
      count++;
      if (text === "wrong") throw new Error("wrong");
      return text.length;
    });
    expect(["a", "bb", "a", "bb"].map(lengthOf)).toEqual([1, 2, 1, 2]);
    expect(count).toBe(2);
    expect(() => lengthOf("wrong")).toThrow("wrong");
    expect(() => lengthOf("wrong")).toThrow("wrong");
    expect(count).toBe(4);
  });

  it("is forgotten of texts that were not asked for lately, and never kept of one that is too long", () => {
    let count = 0;
    const find = byText(() => ++count);
    const texts = Array.from({ length: 30 }, (_, n) => String(n).padEnd(100_000));
    for (const text of texts) find(text);
    expect(find(texts[29]!)).toBe(30);
    expect(find(texts[0]!)).toBe(31);
    const long = "x".repeat(3_000_000);
    expect(find(long)).not.toBe(find(long));
    expect(find(texts[29]!)).toBe(30);
  });
});
