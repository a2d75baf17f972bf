import { beforeAll, describe, expect, it } from "vitest";
import { type DemoInput, readDemoInput } from "../../../seeds/demo/dossiers.ts";
import { DEMO_PROVINCES } from "../../../seeds/demo/provinces.ts";
import { demoTasks } from "../../../seeds/demo/tasks.ts";

interface MadeTask {
  readonly code: string;
  readonly parent: string | null;
  readonly assignedOn: string;
  readonly deadline: string | null;
  readonly progress: string;
  readonly completedOn?: string;
  readonly updatedAt: string;
}

describe("a year of made-up tasks", () => {
  let world: DemoInput;
  let tasks: ReadonlyMap<string, MadeTask>;
  beforeAll(async () => {
    world = await readDemoInput("2025-12-31");
    tasks = new Map(DEMO_PROVINCES.flatMap((province) => rowsOf(province).map((task) => [task.code, task])));
  });
  const rowsOf = (province: (typeof DEMO_PROVINCES)[number]) =>
    [...demoTasks(world, province)].map(({ cells }) => cells as never as MadeTask);
  const depthOf = ({ parent }: MadeTask): number => (parent === null ? 1 : 1 + depthOf(tasks.get(parent)!));

  it("is the same each time: 20,000, each known by the last day, delegated up to three levels", () => {
    expect(Math.abs(tasks.size - 20_000)).toBeLessThan(50);
    const [first] = DEMO_PROVINCES;
    for (const one of rowsOf(first!)) expect(one).toEqual(tasks.get(one.code));
    const all = [...tasks.values()];
    expect(all.filter(({ updatedAt }) => updatedAt > "2026")).toEqual([]);
    const depths = Map.groupBy(all, depthOf);
    expect([...depths.keys()].toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
    expect(new Set(all.map(({ progress }) => progress)).size).toBe(7);
  });

  it("ends each task after its parts, which are due by its deadline, and most in time", () => {
    for (const part of tasks.values()) {
      if (part.parent === null) continue;
      const whole = tasks.get(part.parent)!;
      expect(part.assignedOn > whole.assignedOn).toBe(true);
      if (whole.deadline !== null) expect(part.deadline! <= whole.deadline).toBe(true);
      if (whole.progress === "COMPLETED" && part.progress !== "CANCELLED")
        expect(part.completedOn! <= whole.completedOn!, part.code).toBe(true);
    }
    const done = [...tasks.values()].filter(({ completedOn, deadline }) => completedOn !== undefined && deadline !== null);
    const inTime = done.filter(({ completedOn, deadline }) => completedOn! <= deadline!).length / done.length;
    expect(inTime).toBeGreaterThan(0.9);
    expect(inTime).toBeLessThan(0.98);
  });
});
