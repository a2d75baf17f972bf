import type { EntityManager } from "@mikro-orm/postgresql";
import type { RawBuilder } from "kysely";
import type { Noted } from "../counters/count.store.ts";

/**
 * Records how a writer changes the counters of a set of tasks: once with -1 before it overwrites or deletes them, and once with 1 for what it writes. `tasks` is a relation
 * `d` with the columns of the table task.
 */
export const noteTasks = async (_em: EntityManager, _noted: Noted, _tasks: RawBuilder<unknown>, _sign: 1 | -1): Promise<void> => {};

/** Applies the recorded changes to the counters. It is the last step of a transaction, because it locks rows that other writers change. */
export const countTasks = async (_em: EntityManager, _noted: Noted): Promise<void> => {};
