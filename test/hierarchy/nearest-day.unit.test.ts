import { expect, it } from "vitest";
import { type Life, nearestDay } from "../../src/hierarchy/hierarchy-content.ts";

it.each<[why: string, life: Life, nearest: string]>([
  ["it exists", { firstDay: "2026-11-22", lastDay: "2026-11-22" }, "2026-11-22"],
  ["it always existed", { firstDay: null, lastDay: null }, "2026-11-22"],
  ["it has ended", { firstDay: null, lastDay: "2026-11-21" }, "2026-11-21"],
  ["it is to come", { firstDay: "2026-11-23", lastDay: null }, "2026-11-23"],
])("the day nearest to a unit of which %s", (_why, life, nearest) => {
  expect(nearestDay(life, "2026-11-22")).toBe(nearest);
});
