import type { Looking } from "./rollup-answer.store.ts";

export type AnswerHint = Pick<Looking, "isForRecords" | "isForTrees">;

interface Found {
  readonly isRecorded: boolean;
  readonly isTreed: boolean;
}

const ALL: AnswerHint = { isForRecords: true, isForTrees: true };
export const NOTHING_RECORDED: AnswerHint = { isForRecords: false, isForTrees: true };

/** True if the statement looked for what there is. */
export const fits = ({ isRecorded, isTreed }: Found, hint: AnswerHint): boolean =>
  isRecorded === hint.isForRecords && (!isRecorded || isTreed === hint.isForTrees);

const MOST_HINTS = 1000;

/** What the last statements about editions found of records, so that the next ones look for nothing else. Each statement says whether that was right. */
export class AnswerHints {
  readonly #hints = new Map<number, AnswerHint>();

  of(editionId: number): AnswerHint {
    return this.#hints.get(editionId) ?? ALL;
  }

  note(editionId: number, { isRecorded, isTreed }: Found): AnswerHint {
    if (this.#hints.size >= MOST_HINTS) this.#hints.clear();
    const hint = { isForRecords: isRecorded, isForTrees: isTreed };
    this.#hints.set(editionId, hint);
    return hint;
  }
}

const hints = new WeakMap<object, AnswerHints>();

export const answerHintsOf = (database: object): AnswerHints => {
  const found = hints.get(database) ?? new AnswerHints();
  hints.set(database, found);
  return found;
};
