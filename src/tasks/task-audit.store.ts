import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { rowsOf } from "../database/reader.ts";
import type { TaskView } from "./task.loaders.ts";

/** The entry of a task in the audit trail: all fields that a step may change, with units by their public ids. */
const recordOf = (task: Omit<TaskView, "slot">, ids: ReadonlyMap<number, string>): Readonly<Record<string, unknown>> => {
  const { title, product, document, deadline, progress, reportedPercent, doneOn, completedOn, cancelledOn, postponed } = task;
  return {
    ...{ title, product, document, deadline, progress, percent: reportedPercent, doneOn, completedOn, cancelledOn, postponed },
    ...{ lead: ids.get(task.leadNo), coordinators: task.coordinatorNos.map((no) => ids.get(no)) },
  };
};

const unitIds = async (em: EntityManager, tasks: readonly Omit<TaskView, "slot">[]): Promise<ReadonlyMap<number, string>> => {
  const numbers = [...new Set(tasks.flatMap(({ leadNo, coordinatorNos }) => [leadNo, ...coordinatorNos]))];
  const units = await rowsOf(em).rows(
    sql<{ no: number; id: string }>`select id as no, key as id from unit where id = any(${numbers}::int[])`,
  );
  return new Map(units.map(({ no, id }) => [no, id]));
};

export const changedRecords = async (em: EntityManager, before: TaskView, after: TaskView) => {
  const isSame = before.leadNo === after.leadNo && String(before.coordinatorNos) === String(after.coordinatorNos);
  const ids = isSame ? new Map<number, string>() : await unitIds(em, [before, after]);
  const [old, now] = [recordOf(before, ids), recordOf(after, ids)];
  const names = Object.keys(now).filter((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]));
  const of = (record: Readonly<Record<string, unknown>>) => Object.fromEntries(names.map((name) => [name, record[name]]));
  return { before: of(old), after: of(now) };
};

/** @param lead the unit that leads it */
export const newRecord = async (em: EntityManager, task: Omit<TaskView, "slot">, lead: { readonly no: number; readonly id: string }) => {
  const ids = task.coordinatorNos.length === 0 ? new Map([[lead.no, lead.id]]) : await unitIds(em, [task]);
  return { code: task.code, ...recordOf(task, ids) };
};
