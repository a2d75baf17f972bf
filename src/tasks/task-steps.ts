/** In the order of the enums of the schema, which is also that of the numbers in the tables, from 1 on. */
export const TASK_PROGRESS = [
  "NOT_STARTED",
  "IN_PROGRESS",
  "AWAITING_CONFIRMATION",
  "COMPLETED",
  "POSTPONED",
  "DECLINED",
  "CANCELLED",
] as const;
export type TaskProgress = (typeof TASK_PROGRESS)[number];

export const TASK_ACTIONS = [
  "REPORT",
  "COMPLETE",
  "DECLINE",
  "DELEGATE",
  "REQUEST_EXTENSION",
  "CONFIRM",
  "RETURN",
  "REOPEN",
  "AMEND",
  "EXTEND",
  "POSTPONE",
  "RESUME",
  "REASSIGN",
  "CANCEL",
] as const;
export type TaskAction = (typeof TASK_ACTIONS)[number];

export const TASK_EVENTS = [
  "ASSIGNED",
  "IMPORTED",
  "REPORTED",
  "DONE",
  "CONFIRMED",
  "RETURNED",
  "REOPENED",
  "AMENDED",
  "EXTENSION_REQUESTED",
  "EXTENDED",
  "POSTPONED",
  "RESUMED",
  "DECLINED",
  "REASSIGNED",
  "DELEGATED",
  "CANCELLED",
] as const;
export type TaskEventKind = (typeof TASK_EVENTS)[number];

export type TaskSide = "LEAD" | "ASSIGNER";

export interface TaskStep {
  readonly from: readonly TaskProgress[];
  readonly action: TaskAction;
  readonly side: TaskSide;
  /** UNCHANGED, or BEFORE: what it was before it was postponed. */
  readonly to: TaskProgress | "UNCHANGED" | "BEFORE";
  readonly event: TaskEventKind;
}

const WORKING = ["NOT_STARTED", "IN_PROGRESS"] as const;
const step = (from: readonly TaskProgress[], action: TaskAction, side: TaskSide, to: TaskStep["to"], event: TaskEventKind): TaskStep => ({
  ...{ from, action, side, to, event },
});
const without = (...left: TaskProgress[]): TaskProgress[] => TASK_PROGRESS.filter((progress) => !left.includes(progress));

/** Every step of a task; what is not in this table is refused. */
export const TASK_STEPS: readonly TaskStep[] = [
  step(WORKING, "REPORT", "LEAD", "IN_PROGRESS", "REPORTED"),
  step(WORKING, "COMPLETE", "LEAD", "AWAITING_CONFIRMATION", "DONE"),
  step(["NOT_STARTED"], "DECLINE", "LEAD", "DECLINED", "DECLINED"),
  step(WORKING, "DELEGATE", "LEAD", "IN_PROGRESS", "DELEGATED"),
  step(WORKING, "REQUEST_EXTENSION", "LEAD", "UNCHANGED", "EXTENSION_REQUESTED"),
  step(["AWAITING_CONFIRMATION"], "CONFIRM", "ASSIGNER", "COMPLETED", "CONFIRMED"),
  step(["AWAITING_CONFIRMATION"], "RETURN", "ASSIGNER", "IN_PROGRESS", "RETURNED"),
  step(["DECLINED"], "RETURN", "ASSIGNER", "NOT_STARTED", "RETURNED"),
  step(["COMPLETED"], "REOPEN", "ASSIGNER", "IN_PROGRESS", "REOPENED"),
  step([...WORKING, "AWAITING_CONFIRMATION", "DECLINED"], "EXTEND", "ASSIGNER", "UNCHANGED", "EXTENDED"),
  step(WORKING, "POSTPONE", "ASSIGNER", "POSTPONED", "POSTPONED"),
  step(["POSTPONED"], "RESUME", "ASSIGNER", "BEFORE", "RESUMED"),
  step([...WORKING, "DECLINED", "POSTPONED"], "REASSIGN", "ASSIGNER", "NOT_STARTED", "REASSIGNED"),
  step(without("CANCELLED"), "AMEND", "ASSIGNER", "UNCHANGED", "AMENDED"),
  step(without("COMPLETED", "CANCELLED"), "CANCEL", "ASSIGNER", "CANCELLED", "CANCELLED"),
];

export const sideOf = (action: TaskAction): TaskSide => TASK_STEPS.find((one) => one.action === action)!.side;

export const stepFrom = (progress: TaskProgress, action: TaskAction): TaskStep | null =>
  TASK_STEPS.find((one) => one.action === action && one.from.includes(progress)) ?? null;

/** The actions that remain if the lead was split among several units, none of which can act for it. */
const WITHOUT_LEAD: ReadonlySet<TaskAction> = new Set(["REASSIGN", "CANCEL"]);

/** The facts that decide which actions are possible, beside the role of the caller. */
export interface TaskSituation {
  readonly progress: TaskProgress;
  /** An imported task is changed by its source alone, and may be delegated here. */
  readonly isImported: boolean;
  readonly isLeadSplit: boolean;
}

/** The actions that a side may take, in the order of the enum. */
export const possibleActions = ({ progress, isImported, isLeadSplit }: TaskSituation, sides: readonly TaskSide[]): TaskAction[] =>
  TASK_ACTIONS.filter(
    (action) =>
      sides.includes(sideOf(action)) &&
      stepFrom(progress, action) !== null &&
      (!isImported || action === "DELEGATE") &&
      (!isLeadSplit || WITHOUT_LEAD.has(action)),
  );

/** Neither confirmed nor cancelled. */
export const isOpen = (progress: TaskProgress): boolean => progress !== "COMPLETED" && progress !== "CANCELLED";

/** Progress of tasks that fall due: open, and not postponed. */
export const RUNNING: readonly TaskProgress[] = without("COMPLETED", "CANCELLED", "POSTPONED");
