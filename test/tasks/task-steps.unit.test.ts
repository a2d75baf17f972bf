import { describe, expect, it } from "vitest";
import { possibleActions, stepFrom, TASK_ACTIONS, TASK_PROGRESS, type TaskSide } from "../../src/tasks/task-steps.ts";

const BOTH: readonly TaskSide[] = ["LEAD", "ASSIGNER"];

/** What the rules allow, written down a second time: from each progress what leads where; `=` is unchanged, `<` what it was before. */
const ALLOWED: Readonly<Record<string, string>> = {
  NOT_STARTED:
    "REPORT>IN_PROGRESS COMPLETE>AWAITING_CONFIRMATION DECLINE>DECLINED DELEGATE>IN_PROGRESS REQUEST_EXTENSION>= AMEND>= EXTEND>= POSTPONE>POSTPONED REASSIGN>NOT_STARTED CANCEL>CANCELLED",
  IN_PROGRESS:
    "REPORT>IN_PROGRESS COMPLETE>AWAITING_CONFIRMATION DELEGATE>IN_PROGRESS REQUEST_EXTENSION>= AMEND>= EXTEND>= POSTPONE>POSTPONED REASSIGN>NOT_STARTED CANCEL>CANCELLED",
  AWAITING_CONFIRMATION: "CONFIRM>COMPLETED RETURN>IN_PROGRESS AMEND>= EXTEND>= CANCEL>CANCELLED",
  COMPLETED: "REOPEN>IN_PROGRESS AMEND>=",
  POSTPONED: "AMEND>= RESUME>< REASSIGN>NOT_STARTED CANCEL>CANCELLED",
  DECLINED: "RETURN>NOT_STARTED AMEND>= EXTEND>= REASSIGN>NOT_STARTED CANCEL>CANCELLED",
  CANCELLED: "",
};
const SIGNS: Readonly<Record<string, string>> = { UNCHANGED: "=", BEFORE: "<" };

describe("the table of steps", () => {
  it.each(TASK_PROGRESS)("from %s leads where the rules say, and nowhere else", (progress) => {
    const led = TASK_ACTIONS.flatMap((action) => {
      const step = stepFrom(progress, action);
      return step ? [`${action}>${SIGNS[step.to] ?? step.to}`] : [];
    });
    expect(led.join(" ")).toBe(ALLOWED[progress]);
  });

  it("gives the first five actions to the lead, and the others to the assigner", () => {
    const task = { isImported: false, isLeadSplit: false };
    for (const progress of TASK_PROGRESS) {
      const all = possibleActions({ ...task, progress }, BOTH);
      expect(possibleActions({ ...task, progress }, ["LEAD"])).toEqual(all.filter((action) => TASK_ACTIONS.indexOf(action) < 5));
      expect(possibleActions({ ...task, progress }, ["ASSIGNER"])).toEqual(all.filter((action) => TASK_ACTIONS.indexOf(action) >= 5));
      expect(possibleActions({ ...task, progress }, [])).toEqual([]);
    }
  });

  it("lets an imported task be delegated, and nothing else", () => {
    const task = { isImported: true, isLeadSplit: false };
    expect(possibleActions({ ...task, progress: "IN_PROGRESS" }, BOTH)).toEqual(["DELEGATE"]);
    expect(possibleActions({ ...task, progress: "COMPLETED" }, BOTH)).toEqual([]);
  });

  it("lets the assigner reassign or cancel a task whose lead was split, and nothing else", () => {
    const task = { isImported: false, isLeadSplit: true };
    expect(possibleActions({ ...task, progress: "IN_PROGRESS" }, BOTH)).toEqual(["REASSIGN", "CANCEL"]);
    expect(possibleActions({ ...task, progress: "AWAITING_CONFIRMATION" }, BOTH)).toEqual(["CANCEL"]);
  });
});
