import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import { addingEvents, countChanges, noteDeltas, type Noted } from "../counters/count.store.ts";
import { notingUnits, renewFirstDays } from "../counters/record-unit.store.ts";
import { sharing } from "../database/locks.ts";
import { type Compiles, type Query, template } from "../database/template.ts";
import { sendTogether } from "../database/together.ts";
import type { Hierarchy } from "../hierarchy/hierarchy.ts";
import type { RequestHierarchy } from "../hierarchy/request-hierarchy.ts";
import { validOn } from "../hierarchy/sql.ts";
import { placesOver } from "../hierarchy/unit-places.ts";
import { SERVING_KINDS, TIERS } from "../hierarchy/unit.entity.ts";
import { taskEvents } from "./task-count.event.ts";
import { TASK_RECORDS } from "./task-records.ts";
import type { DayRange } from "./task-timeliness.ts";
import type { TaskView } from "./task.loaders.ts";

/** Tasks of a writer: relation `d` with the columns of the table task that count, among them `slot` (`leadSlot`). */
interface NotedTasks {
  readonly tasks: RawBuilder<unknown>;
  /** -1 for stored tasks that the writer overwrites or deletes, 1 for those that it writes. */
  readonly sign: 1 | -1;
}

/** Records how a writer changes the counters: all of it at once, before it overwrites or deletes what is stored. */
export const noteTasks = (em: EntityManager, noted: Noted, changes: readonly NotedTasks[]): Promise<void> =>
  noteDeltas(
    em,
    TASK_RECORDS,
    noted,
    changes.map(({ tasks, sign }) => taskEvents({ tasks, sign: sql.lit(sign) })),
  );

/** Applies the recorded changes to the counters. It is the last step of a transaction, because it locks rows that other writers change. */
export const countTaskChanges = (em: EntityManager, noted: Noted): Promise<void> => countChanges(em, TASK_RECORDS, noted);

/**
 * The tier in which a task counts: that of its lead on the day of assignment, or on the nearest day on which the lead existed; a department or division counts in the tier
 * of the unit that it serves.
 */
export const leadSlot = (lead: RawBuilder<unknown>, assignedOn: RawBuilder<unknown>): RawBuilder<unknown> => {
  const seenOn = sql`least(greatest(${assignedOn}, lead_version.valid_from), lead_version.valid_to - 1)`;
  const hasBegun = sql`lead_version.valid_from <= ${assignedOn}`;
  return sql`coalesce((
    select array_position(${sql.lit(`{${TIERS.join()}}`)}::text[], coalesce(lead_version.tier, served_version.tier)) from unit_version lead_version
    left join unit_version served_version on lead_version.kind in (${sql.join(SERVING_KINDS.map((kind) => sql.lit(kind)))})
      and served_version.unit_id = lead_version.parent_id and ${validOn(seenOn, "served_version")}
    where lead_version.unit_id = ${lead}
    order by ${hasBegun} desc, case when ${hasBegun} then lead_version.valid_from end desc, lead_version.valid_from limit 1), 0)`;
};

/** A task before and after a change; null where it is new. */
interface TaskChange {
  readonly before: TaskView | null;
  readonly after: TaskView;
}

/** The column of a step's statement that takes the shared lock of counters. */
export const sharingCounters = sql`, ${sharing("counters")} as counters`;

/** The first row of a statement, to be read once it was sent. */
export type Sent<R> = () => R;

/**
 * One transaction that changes tasks. Statements whose rows it does not need before its end wait for a common message. What it changes is counted once, at its end, because
 * counters lock rows that other writers change.
 */
export class TaskWriting {
  readonly em: EntityManager;
  readonly #hierarchy: Pick<RequestHierarchy, "held">;
  readonly #changes: { readonly before: TaskView | null; readonly after: TaskView | Sent<TaskView> }[] = [];
  readonly #waiting: { readonly statement: Compiles; readonly take: (rows: readonly unknown[]) => void }[] = [];
  #isSharing = false;

  constructor(em: EntityManager, hierarchy: Pick<RequestHierarchy, "held">) {
    this.em = em;
    this.#hierarchy = hierarchy;
  }

  /** Sends the statement with the next message, which the last one of the transaction is at the latest. */
  later<R>(statement: RawBuilder<R> | Query<R>): Sent<R> {
    let row: R | null = null;
    this.#waiting.push({ statement, take: (rows) => (row = rows[0] as R) });
    return () => row!;
  }

  /** Sends what waits, with more statements. */
  async send(...more: readonly Compiles[]): Promise<void> {
    const waiting = this.#waiting.splice(0);
    const rows = await sendTogether(this.em, [...waiting.map(({ statement }) => statement), ...more]);
    for (const [n, { take }] of waiting.entries()) take(rows[n]!);
  }

  /** @param after as it is stored, where only the statement that stores it tells that */
  changed(before: TaskView | null, after: TaskView | Sent<TaskView>): void {
    this.#changes.push({ before, after });
  }

  /** Whether the statement of a step takes the shared lock of counters, so that this needs none of its own; units are noted before the lock. */
  isSharing(before: TaskView, after: TaskView): boolean {
    if (before.leadNo !== after.leadNo || factsOf(before) === factsOf(after)) return false;
    this.#isSharing = true;
    return true;
  }

  /** Sends all that waits, and counts. */
  async finish(): Promise<void> {
    if (this.#changes.some(({ after }) => typeof after === "function")) await this.send();
    const changes = this.#changes
      .map(({ before, after }) => ({ before, after: typeof after === "function" ? after() : after }))
      .filter(({ before, after }) => before === null || factsOf(before) !== factsOf(after));
    if (changes.length === 0) return this.send();
    await this.#noteUnits(changes);
    const locking = this.#isSharing ? [] : [sql`select ${sharing("counters")}`];
    await this.send(...locking, counting(changes, await this.#hierarchy.held()));
  }

  async #noteUnits(changes: readonly TaskChange[]): Promise<void> {
    const moved = changes.filter(({ before, after }) => before?.leadNo !== after.leadNo);
    for (const [sourceId, ofOne] of Map.groupBy(moved, ({ after }) => after.sourceNo)) {
      const ofSource = { rules: TASK_RECORDS, sourceId };
      this.later(notingUnits(ofSource, null, ofOne.flatMap(recordsOf)));
      const lost = ofOne.flatMap(({ before }) =>
        before ? [{ provinceNo: before.provinceNo, unitNo: before.leadNo, day: before.assignedOn }] : [],
      );
      if (lost.length === 0) continue;
      await this.send();
      await renewFirstDays(this.em, ofSource, lost);
    }
  }
}

const recordsOf = ({ before, after }: TaskChange) => [
  ...(before
    ? [sql`select ${before.provinceNo}::int as province_id, ${before.leadNo}::int as unit_id, -1 as records, null::date as counted_on`]
    : []),
  sql`select ${after.provinceNo}::int as province_id, ${after.leadNo}::int as unit_id, 1 as records, ${after.assignedOn}::date as counted_on`,
];

/** The fields of a task that count; a step that changes none of them changes no counter. */
const factsOf = ({ leadNo, slot, assignedOn, deadline, originalDeadline, doneOn, completedOn, cancelledOn, postponed }: TaskView): string =>
  JSON.stringify([leadNo, slot, assignedOn, deadline, originalDeadline, doneOn, completedOn, cancelledOn, postponed]);

export const orInfinity = (day: string | null): string => day ?? "infinity";

export const multirangeOf = (ranges: readonly DayRange[]): string =>
  `{${ranges.map(({ from, to }) => (to === null ? `[${from},)` : `[${from},${to}]`)).join()}}`;

interface SignedTask {
  readonly task: TaskView;
  /** -1 for a task as it was before a change. */
  readonly sign: 1 | -1;
}

const COLUMNS: Readonly<Record<string, readonly [type: string, value: (row: SignedTask) => unknown]>> = {
  sign: ["int", ({ sign }) => sign],
  province_id: ["int", ({ task }) => task.provinceNo],
  lead_id: ["int", ({ task }) => task.leadNo],
  slot: ["smallint", ({ task }) => task.slot],
  parent_code: ["text", ({ task }) => task.parent?.code ?? null],
  assigned_on: ["date", ({ task }) => task.assignedOn],
  deadline: ["date", ({ task }) => orInfinity(task.deadline)],
  original_deadline: ["date", ({ task }) => orInfinity(task.originalDeadline)],
  done_on: ["date", ({ task }) => task.doneOn],
  completed_on: ["date", ({ task }) => task.completedOn],
  cancelled_on: ["date", ({ task }) => task.cancelledOn],
  days_postponed: ["text", ({ task }) => multirangeOf(task.postponed)],
};
const NAMES = Object.keys(COLUMNS);

const countingRows = (isOfOneUnit: boolean) =>
  template([...NAMES, "places"], (holes) => {
    const arrays = NAMES.map((name) => sql`${holes[name]}::${sql.raw(COLUMNS[name]![0])}[]`);
    const rows = sql`unnest(${sql.join(arrays)}) d(${sql.raw(NAMES.join(", "))})`;
    const tasks = sql`(select d.*, d.days_postponed::datemultirange as postponed from ${rows}) d`;
    return addingEvents(TASK_RECORDS, taskEvents({ tasks, sign: sql`d.sign` }), { isOfOneUnit, placesOver: holes["places"]! });
  });
const COUNTING = { ofOneUnit: countingRows(true), ofSeveral: countingRows(false) };

/** The statement that counts a few changes. */
const counting = (changes: readonly TaskChange[], hierarchy: Hierarchy): Compiles => {
  const rows = changes.flatMap(({ before, after }): SignedTask[] => [
    ...(before ? [{ task: before, sign: -1 as const }] : []),
    { task: after, sign: 1 },
  ]);
  const leads = [...new Set(rows.map(({ task }) => task.leadNo))];
  const count = leads.length === 1 ? COUNTING.ofOneUnit : COUNTING.ofSeveral;
  const columns = Object.entries(COLUMNS).map(([name, [, value]]) => [name, rows.map(value)]);
  return count({ ...Object.fromEntries(columns), places: placesOver(hierarchy, leads) });
};
