import { isDeepStrictEqual } from "node:util";
import type { AnswerHead, Looking } from "./rollup-answer.store.ts";

export type AnswerHint = Omit<Looking, "areMany" | "areMost">;

type Found = Pick<AnswerHead, "isRecorded" | "isTreed" | "isStored">;

const USUAL: AnswerHint = { isForRecords: true, isForTrees: true, isForStored: true, isForComplete: false, isForWithheld: false };
export const NOTHING_RECORDED: AnswerHint = { ...USUAL, isForRecords: false };

/** True if the statement looked for what there is. */
export const fits = ({ isRecorded, isTreed, isStored }: Found, hint: AnswerHint): boolean =>
  isRecorded === hint.isForRecords && (!isRecorded || isTreed === hint.isForTrees) && (isStored === null || hint.isForStored);

const MOST_HINTS = 1000;

/** What the last statements about editions found of records, so that the next ones look for nothing else. Each statement says whether that was right. */
export class AnswerHints {
  readonly #ofEdition = new Map<number, AnswerHint>();
  /** Of a kind and span, too. */
  readonly #ofSpan = new Map<string, AnswerHint>();

  of(editionId: number, span: string): AnswerHint {
    return this.#ofSpan.get(`${editionId} ${span}`) ?? this.#ofEdition.get(editionId) ?? USUAL;
  }

  note(editionId: number, span: string, hint: AnswerHint): AnswerHint {
    if (isDeepStrictEqual(hint, this.of(editionId, span))) return hint;
    this.#ofEdition.set(editionId, { ...hint, isForWithheld: false });
    if (this.#ofSpan.size >= MOST_HINTS) this.#ofSpan.clear();
    this.#ofSpan.set(`${editionId} ${span}`, hint);
    return hint;
  }
}

const hints = new WeakMap<object, AnswerHints>();

export const answerHintsOf = (database: object): AnswerHints => {
  const found = hints.get(database) ?? new AnswerHints();
  hints.set(database, found);
  return found;
};
