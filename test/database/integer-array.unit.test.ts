import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { integersOf } from "../../src/database/integer-array.ts";

describe("integersOf", () => {
  it("reads what PostgreSQL writes of an array", () => {
    expect(integersOf("{}")).toEqual([]);
    expect(integersOf("{0}")).toEqual([0]);
    expect(integersOf("{NULL}")).toEqual([null]);
    expect(integersOf("{12,NULL,-3,9007199254740991}")).toEqual([12, null, -3, Number.MAX_SAFE_INTEGER]);
  });

  it("reads any integers that numbers hold", () => {
    const integers = fc.array(fc.option(fc.maxSafeInteger()));
    fc.assert(
      fc.property(integers, (given) => {
        expect(integersOf(`{${given.map((one) => one ?? "NULL").join()}}`)).toEqual(given.map((one) => (one === null ? null : one + 0)));
      }),
    );
  });
});
