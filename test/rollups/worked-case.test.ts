import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";

const PAGE = new URL("../../src/rollups/README.md", import.meta.url);
const QUESTION = `{ unit(code: "048", asOf: "2022-12-31") { dossiers(period: "2022") {
  received resolved onTimeRate { value numerator denominator coverage low high } } } }`;

interface Answer {
  readonly unit: {
    readonly dossiers: { readonly received: number; readonly resolved: number; readonly onTimeRate: Record<string, number> };
  };
}

let service: TestService;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

/** The values in the table of the page, by field. */
const printed = async (): Promise<Record<string, string>> =>
  Object.fromEntries(
    Array.from(
      (await readFile(PAGE, "utf8")).matchAll(/^\| (received|resolved|onTimeRate\.[\w, ]+?) +\| ([^|]+?) +\|/gm),
      ([, field, value]) => [field!, value!],
    ),
  );

const percent = (part: number) => `${(100 * part).toFixed(2)} %`;

describe("the case that the page of the engine works by hand", () => {
  it("equals the answer of the service", async () => {
    const { data } = await service.ask<Answer, Record<string, never>>(QUESTION);
    const { received, resolved, onTimeRate: rate } = data.unit.dossiers;
    expect(await printed()).toEqual({
      received: received.toLocaleString("en-US"),
      resolved: resolved.toLocaleString("en-US"),
      "onTimeRate.numerator, denominator": `${rate["numerator"]!.toLocaleString("en-US")} of ${rate["denominator"]!.toLocaleString("en-US")}`,
      "onTimeRate.value": percent(rate["value"]!),
      "onTimeRate.coverage": percent(rate["coverage"]!),
      "onTimeRate.low": percent(rate["low"]!),
      "onTimeRate.high": percent(rate["high"]!),
    });
  });
});
