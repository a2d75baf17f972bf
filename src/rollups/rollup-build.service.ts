import type { EntityManager } from "@mikro-orm/postgresql";
import type { RawBuilder } from "kysely";
import { randomUUID } from "node:crypto";
import { oneAtATime, type Turn } from "../database/one-at-a-time.ts";
import type { Reader } from "../database/reader.ts";
import { sharedWork } from "../database/shared-work.ts";
import { ensureContributions } from "../hierarchy/contribution.service.ts";
import { figuresVersion, tryLockRollups } from "../hierarchy/rollup-version.store.ts";
import { counted, type Evidence } from "../figures/evidence.ts";
import type { RecordEvidence } from "../counters/records.service.ts";
import { dropOldestSets, dropOutdatedSet } from "./invalidate.ts";
import { readSet, type SetKey, storeSet } from "./rollup.service.ts";

export interface SetMaking {
  readonly reader: Reader;
  readonly evidence: Evidence;
  readonly records: RecordEvidence;
}

/**
 * Builds and stores the roll-ups of the keys one set at a time, once for all concurrent callers. A set is not stored if its figures changed during the build; a reader
 * rejects a set whose record version is outdated.
 */
export const makeRollupSets = async (making: SetMaking, keys: readonly SetKey[]): Promise<void> => {
  const { reader, evidence } = making;
  await ensureContributions(reader, editionsOf(keys));
  const counting = counted(await evidence.drafts());
  for (const key of keys)
    await reader.build((em, { signal }) => {
      const make = (all: AbortSignal) => oneAtATime(em, () => makeSet(making, key, counting, all), { signal: all });
      return sharedWork(em.getDriver(), nameOf(key), make, signal);
    });
};

const editionsOf = (keys: readonly SetKey[]): number[] => [
  ...new Set(keys.flatMap(({ editionId, cellEditionId, recorded }) => (recorded ? [editionId, cellEditionId] : [editionId]))),
];

const nameOf = ({ editionId, cellEditionId, cellDay, from, to, drafts, recorded, countedTo }: SetKey): string =>
  JSON.stringify([editionId, cellEditionId, cellDay, from, to, drafts, recorded, countedTo]);

/** The slow part runs in a snapshot, so it blocks no writer. */
const makeSet = async ({ reader, evidence, records }: SetMaking, key: SetKey, counting: RawBuilder<boolean>, signal: AbortSignal) => {
  const { scope } = evidence;
  const state = await reader.making(
    scope,
    async (em) => ({ ...(await readSet(em, key, counting, records)), figures: await figuresVersion(em) }),
    { isSnapshot: true, signal },
  );
  await reader.making(
    scope,
    async (em) => {
      if (!(await tryLockRollups(em)) || (await figuresVersion(em)) !== state.figures) return;
      await dropOutdatedSet(em, key);
      const id = await storeSet(em, key, state);
      if (id !== null) await dropOldestSets(em, id);
    },
    { isSnapshot: false, signal },
  );
};

/** Passes an answer out of a transaction that is rolled back. */
class Answered<T> extends Error {
  readonly answer: T;

  constructor(answer: T) {
    super("the transaction is rolled back");
    this.answer = answer;
  }
}

/** Builds a set for one answer and reads it in the same snapshot; stores nothing. */
export const withOwnSet = async <T>(
  { reader, evidence, records }: SetMaking,
  key: SetKey,
  lane: Turn["lane"],
  read: (em: EntityManager, setId: number) => Promise<T>,
): Promise<T> => {
  await ensureContributions(reader, editionsOf([key]));
  const counting = counted(await evidence.drafts());
  const work = async (em: EntityManager): Promise<never> => {
    const setId = await storeSet(em, ownKey(key), await readSet(em, key, counting, records));
    throw new Answered(await read(em, setId!));
  };
  try {
    return await reader.build((em, { signal }) =>
      oneAtATime(em, () => reader.making(evidence.scope, work, { isSnapshot: true, signal }), { ...(lane && { lane }), signal }),
    );
  } catch (error) {
    if (error instanceof Answered) return error.answer as T;
    throw error;
  }
};

/** A unique key, so that the read does not wait for another request that builds the same set. */
export const ownKey = (key: SetKey): SetKey => ({ ...key, drafts: `${key.drafts} ${randomUUID()}` });
