import type { TaskInput } from "../../../src/tasks/import/task-import.input.ts";

export const IMPORT_TASKS = `mutation ($source: ID!, $owner: ID, $tasks: [TaskInput!]!, $partial: Boolean! = false, $dryRun: Boolean! = false) {
  importTasks(input: { source: $source, owner: $owner, tasks: $tasks, partial: $partial, dryRun: $dryRun }) {
    report { id isKept created updated unchanged stale rejected problems { row record field code message } warnings { row record code message } }
  }
}`;

export const RETRACT_TASKS = `mutation ($source: ID!, $codes: [ID!]!) {
  retractTasks(input: { source: $source, codes: $codes, reason: "sent by mistake" }) {
    report { isKept created updated unchanged stale rejected problems { row record field code message } warnings { row record code message } }
  }
}`;

export interface SentReport {
  readonly isKept: boolean;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly stale: number;
  readonly rejected: number;
  readonly problems: readonly {
    readonly row: number;
    readonly record: string | null;
    readonly field: string;
    readonly code: string;
    readonly message: string;
  }[];
  readonly warnings: readonly { readonly row: number; readonly record: string; readonly message: string }[];
}

export type SentTask = Partial<TaskInput> & Pick<TaskInput, "code">;

/** A task that Cao Bằng gave to xã Hạ Lang on 2 March 2026, and that is being worked on, but for what is given. */
export const sentTask = (given: SentTask): Partial<TaskInput> => ({
  ...{ title: `Nhiệm vụ ${given.code}`, assignedBy: "04", lead: "01558", assignedOn: "2026-03-02", deadline: "2026-12-31" },
  ...{ progress: "IN_PROGRESS", updatedAt: "2026-11-01T08:00:00+07:00" },
  ...given,
});

/** The time of the last change: the day of November 2026. */
export const on = (day: number): string => `2026-11-${String(day).padStart(2, "0")}T08:00:00+07:00`;
