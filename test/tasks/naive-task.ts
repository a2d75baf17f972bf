import type { WorkCalendar } from "../../src/calendar/work-calendar.ts";
import type { Day } from "../../src/lib/time/date.ts";
import { TASK_ACTIONS } from "../../src/tasks/task-steps.ts";
import { naiveTimeliness } from "./task-rows.ts";
import type { Who } from "./task-room.ts";

/** What the rules of tasks say, a second time and without a thought of speed: all that a history needs is here. */
export interface NaiveTask {
  readonly id: string;
  readonly parent: NaiveTask | null;
  readonly assigner: Who;
  lead: Who;
  coordinators: readonly Who[];
  readonly assignedOn: Day;
  deadline: Day | null;
  readonly originalDeadline: Day | null;
  progress: string;
  before: string | null;
  percent: number | null;
  doneOn: Day | null;
  completedOn: Day | null;
  cancelledOn: Day | null;
  postponed: { from: Day; to: Day | null }[];
  events: string[];
}

/** From each progress the actions that are possible, and where they lead. */
const STEPS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  NOT_STARTED: {
    ...{ REPORT: "IN_PROGRESS", COMPLETE: "AWAITING_CONFIRMATION", DECLINE: "DECLINED", DELEGATE: "IN_PROGRESS", REQUEST_EXTENSION: "" },
    ...{ EXTEND: "", POSTPONE: "POSTPONED", REASSIGN: "NOT_STARTED", AMEND: "", CANCEL: "CANCELLED" },
  },
  IN_PROGRESS: {
    ...{ REPORT: "IN_PROGRESS", COMPLETE: "AWAITING_CONFIRMATION", DELEGATE: "IN_PROGRESS", REQUEST_EXTENSION: "" },
    ...{ EXTEND: "", POSTPONE: "POSTPONED", REASSIGN: "NOT_STARTED", AMEND: "", CANCEL: "CANCELLED" },
  },
  AWAITING_CONFIRMATION: { CONFIRM: "COMPLETED", RETURN: "IN_PROGRESS", EXTEND: "", AMEND: "", CANCEL: "CANCELLED" },
  COMPLETED: { REOPEN: "IN_PROGRESS", AMEND: "" },
  POSTPONED: { RESUME: "BEFORE", REASSIGN: "NOT_STARTED", AMEND: "", CANCEL: "CANCELLED" },
  DECLINED: { RETURN: "NOT_STARTED", EXTEND: "", REASSIGN: "NOT_STARTED", AMEND: "", CANCEL: "CANCELLED" },
  CANCELLED: {},
};
const OF_LEAD = new Set(["REPORT", "COMPLETE", "DECLINE", "DELEGATE", "REQUEST_EXTENSION"]);
const EVENTS: Readonly<Record<string, string>> = {
  ...{ REPORT: "REPORTED", COMPLETE: "DONE", DECLINE: "DECLINED", DELEGATE: "DELEGATED", REQUEST_EXTENSION: "EXTENSION_REQUESTED" },
  ...{ CONFIRM: "CONFIRMED", RETURN: "RETURNED", REOPEN: "REOPENED", AMEND: "AMENDED", EXTEND: "EXTENDED", POSTPONE: "POSTPONED" },
  ...{ RESUME: "RESUMED", REASSIGN: "REASSIGNED", CANCEL: "CANCELLED" },
};

/** What somebody asks for; what an action has no use for is left alone. */
export interface Wish {
  readonly action: string;
  readonly who: Who;
  readonly lead: Who;
  readonly coordinators: readonly Who[];
  readonly percent: number;
  readonly day: Day;
  readonly deadline: Day | null | undefined;
  readonly withSubtasks: boolean;
}

const OF_PROVINCE: ReadonlySet<Who> = new Set(["province", "interior", "building", "one", "two", "three"]);
const AGENCIES: ReadonlySet<Who> = new Set(["interior", "building"]);
/** A role on the province covers all of its units; one on another unit that unit alone. */
const covers = (who: Who, unit: Who): boolean => who === unit || (who === "province" && OF_PROVINCE.has(unit));
const isOpen = ({ progress }: NaiveTask): boolean => progress !== "COMPLETED" && progress !== "CANCELLED";
const isLater = (one: Day | null, other: Day | null): boolean => other !== null && (one === null || one > other);

export class NaiveTasks {
  readonly all: NaiveTask[] = [];

  add(task: Pick<NaiveTask, "id" | "parent" | "assigner" | "lead" | "coordinators" | "assignedOn" | "deadline">): void {
    const start = { progress: "NOT_STARTED", before: null, percent: null, doneOn: null, completedOn: null, cancelledOn: null };
    this.all.push({ ...task, ...start, originalDeadline: task.deadline, postponed: [], events: ["ASSIGNED"] });
  }

  partsOf(task: NaiveTask): NaiveTask[] {
    return this.all.filter(({ parent }) => parent === task);
  }

  isSeen(who: Who, { lead, assigner, coordinators }: NaiveTask): boolean {
    return [lead, assigner, ...coordinators].some((unit) => covers(who, unit));
  }

  #may(who: Who, action: string, { lead, assigner }: NaiveTask): boolean {
    return covers(who, OF_LEAD.has(action) ? lead : assigner);
  }

  viewerCan(who: Who, task: NaiveTask): string[] {
    const isParent = this.partsOf(task).some((part) => isOpen(part) && this.isSeen(who, part));
    return TASK_ACTIONS.filter(
      (action) =>
        action in STEPS[task.progress]! && this.#may(who, action, task) && !(isParent && (action === "COMPLETE" || action === "REASSIGN")),
    );
  }

  /** All codes that a wish may be refused with; none where it is granted. */
  refusals(task: NaiveTask, wish: Wish, today: Day): string[] {
    if (!this.isSeen(wish.who, task)) return ["NOT_FOUND"];
    if (!this.#may(wish.who, wish.action, task)) return ["FORBIDDEN"];
    if (!(wish.action in STEPS[task.progress]!)) return ["CONFLICT"];
    return [...this.#badLead(task, wish), ...this.#badDays(task, wish, today), ...this.#openParts(task, wish)];
  }

  #badLead(task: NaiveTask, { action, lead }: Wish): string[] {
    if (action !== "DELEGATE" && action !== "REASSIGN") return [];
    const above = action === "DELEGATE" ? task.lead : task.assigner;
    const isAllowed = above === "province" || AGENCIES.has(above) ? OF_PROVINCE.has(lead) : lead === above;
    return isAllowed && lead !== task.lead ? [] : ["BAD_USER_INPUT"];
  }

  #badDays(task: NaiveTask, { action, day, deadline }: Wish, today: Day): string[] {
    const bad = ["BAD_USER_INPUT"];
    if (action === "COMPLETE" || action === "CONFIRM") return day < task.assignedOn || day > today ? bad : [];
    if (action === "DELEGATE") {
      const set = deadline ?? task.deadline;
      return isLater(set, task.deadline) || (set !== null && set < today) ? bad : [];
    }
    if (!["EXTEND", "RESUME", "REASSIGN"].includes(action)) return [];
    if (deadline === undefined) return action === "EXTEND" ? bad : [];
    const isBad = (deadline !== null && deadline < task.assignedOn) || (task.parent !== null && isLater(deadline, task.parent.deadline));
    const isShort = this.partsOf(task).some((part) => isOpen(part) && isLater(part.deadline, deadline));
    return [...(isBad ? bad : []), ...(isShort ? ["CONFLICT"] : [])];
  }

  #openParts(task: NaiveTask, { action, withSubtasks }: Wish): string[] {
    const needsNone = action === "COMPLETE" || action === "REASSIGN" || (action === "CANCEL" && !withSubtasks);
    return needsNone && this.partsOf(task).some(isOpen) ? ["CONFLICT"] : [];
  }

  /** Grants a wish that nothing refuses. @param id of the part that a delegation makes */
  grant(task: NaiveTask, wish: Wish, today: Day, id: string): void {
    const { action, day, deadline, percent, lead, coordinators } = wish;
    const next = STEPS[task.progress]![action]!;
    const { progress } = task;
    if (next !== "") task.progress = next === "BEFORE" ? task.before! : next;
    task.events.push(EVENTS[action]!);
    if (action === "DELEGATE")
      this.add({ id, parent: task, assigner: task.lead, lead, coordinators: [], assignedOn: today, deadline: deadline ?? task.deadline });
    if (action === "REPORT") task.percent = percent;
    if (action === "COMPLETE") task.doneOn = day;
    if (action === "CONFIRM") task.completedOn = day;
    if (action === "RETURN" || action === "REOPEN") [task.doneOn, task.completedOn] = [null, null];
    if (action === "AMEND") task.coordinators = coordinators.filter((unit) => unit !== task.lead);
    if (["EXTEND", "RESUME", "REASSIGN"].includes(action) && deadline !== undefined) task.deadline = deadline;
    if (action === "POSTPONE") [task.before, task.postponed] = [progress, [...task.postponed, { from: today, to: null }]];
    if (["RESUME", "REASSIGN", "CANCEL"].includes(action))
      task.postponed = task.postponed.map(({ from, to }) => ({ from, to: to ?? today }));
    if (action === "REASSIGN")
      Object.assign(task, { lead, percent: null, doneOn: null, coordinators: task.coordinators.filter((unit) => unit !== lead) });
    if (action !== "CANCEL") return;
    task.cancelledOn = today;
    for (const part of this.partsOf(task)) this.#cancelBelow(part, wish, today);
  }

  #cancelBelow(part: NaiveTask, wish: Wish, today: Day): void {
    if (isOpen(part)) this.grant(part, wish, today, "");
    else for (const below of this.partsOf(part)) this.#cancelBelow(below, wish, today);
  }

  /** What somebody sees of a task, in the fields that a history changes. */
  seenBy(who: Who, task: NaiveTask, today: Day, calendar: WorkCalendar) {
    if (!this.isSeen(who, task)) return null;
    const { progress, deadline, originalDeadline, doneOn, completedOn, assignedOn, parent } = task;
    return {
      ...{ id: task.id, progress, deadline, originalDeadline, doneOn, completedOn, assignedOn },
      percent: completedOn === null ? task.percent : 100,
      timeliness: naiveTimeliness(task as never, today, calendar),
      parent: parent !== null && this.isSeen(who, parent) ? { id: parent.id } : null,
      subtasks: this.partsOf(task)
        .filter((part) => this.isSeen(who, part))
        .map(({ id }) => id)
        .toSorted(),
      events: task.events,
      viewerCan: this.viewerCan(who, task),
    };
  }
}
