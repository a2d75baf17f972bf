import type { Looking } from "./rollup-answer.store.ts";

export type AnswerHint = Pick<Looking, "isForRecords" | "isForTrees" | "isForOthers">;

interface Found {
  readonly isRecorded: boolean;
  readonly hasTrees: boolean;
  readonly hasOthers: boolean;
}

export const ALL: AnswerHint = { isForRecords: true, isForTrees: true, isForOthers: true };

/** True if the statement did not look for what there is. */
export const lacks = ({ isRecorded, hasTrees, hasOthers }: Found, hint: AnswerHint): boolean =>
  (isRecorded && !hint.isForRecords) || (hasTrees && !hint.isForTrees) || (hasOthers && !hint.isForOthers);

const MOST_HINTS = 1000;

/** What the last statements about hierarchy days found of records, so that the next ones look for nothing else. Each statement says whether that was right. */
export class AnswerHints {
  readonly #hints = new Map<string, AnswerHint>();

  of(frames: readonly { readonly asOf: string }[]): AnswerHint {
    return this.#hints.get(nameOf(frames)) ?? ALL;
  }

  note(frames: readonly { readonly asOf: string }[], { isRecorded, hasTrees, hasOthers }: Found): void {
    if (this.#hints.size >= MOST_HINTS) this.#hints.clear();
    this.#hints.set(nameOf(frames), { isForRecords: isRecorded, isForTrees: hasTrees, isForOthers: hasOthers });
  }
}

const nameOf = (frames: readonly { readonly asOf: string }[]): string => [...new Set(frames.map(({ asOf }) => asOf))].join();

const hints = new WeakMap<object, AnswerHints>();

export const answerHintsOf = (database: object): AnswerHints => {
  const found = hints.get(database) ?? new AnswerHints();
  hints.set(database, found);
  return found;
};
