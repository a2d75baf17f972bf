import { describe, expect, it } from "vitest";
import { MEASURES } from "../../src/figures/figure-check.ts";
import { measureLabel } from "../../src/figures/measure-label.ts";

describe("a measure", () => {
  it.each(MEASURES)("%s has a Vietnamese name", (code) => {
    expect(measureLabel(code)).not.toBe(code);
  });
});
