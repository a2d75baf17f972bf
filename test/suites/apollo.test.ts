import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { runJest } from "./jest.ts";

it("Apollo's tests of HTTP integrations pass", async () => {
  const { code, passed, failed } = await runJest(fileURLToPath(new URL("apollo/jest.config.cjs", import.meta.url)));
  expect(failed).toEqual([]);
  expect(passed).toBeGreaterThan(200);
  expect(code).toBe(0);
});
