import { LRUCache } from "lru-cache";
import { createHash } from "node:crypto";

/** An answer as it was sent. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | string;
}

export interface KeptAnswersOptions {
  /** Bytes that they may take together; those that were not asked for longest make room. */
  readonly maximum: number;
  /** Names the state of all that answers are made of: the same name, the same answers. Null where nobody can tell. */
  readonly state: () => Promise<string | null>;
}

interface Kept<T> {
  /** Null until the question is asked for the second time. */
  readonly answer: (HttpAnswer & { readonly state: string; readonly told: T }) | null;
  readonly bytes: number;
}

/** What an entry weighs besides its answer. */
const ENTRY_BYTES = 300;
/** One answer may take this part of all bytes. */
const LARGEST = 1 / 4;

/**
 * Answers to questions that are asked again and again, given again as long as nothing that they are made of has changed; that is looked up each
 * time, so none is ever older than one worked out now. A question is known by a digest.
 */
export class KeptAnswers<T> {
  readonly #entries: LRUCache<string, Kept<T>>;
  readonly #options: KeptAnswersOptions;

  constructor(options: KeptAnswersOptions) {
    this.#options = options;
    this.#entries = new LRUCache({ maxSize: options.maximum, sizeCalculation: ({ bytes }) => bytes });
  }

  /** The kept answer to a question, else a new one by `work`, with what was told of the one that is kept. `work` says null of what is not to be kept. */
  async answer(
    question: string,
    work: () => Promise<{ readonly answer: HttpAnswer; readonly told: T | null }>,
  ): Promise<{ readonly answer: HttpAnswer; readonly told: T | null }> {
    const key = createHash("sha256").update(question).digest("base64");
    const entry = this.#entries.peek(key);
    if (!entry) {
      this.#entries.set(key, { answer: null, bytes: ENTRY_BYTES });
      return { ...(await work()), told: null };
    }
    const state = await this.#state();
    if (state !== null && entry.answer?.state === state) {
      this.#entries.set(key, entry);
      return { answer: entry.answer, told: entry.answer.told };
    }
    const { answer, told } = await work();
    if (state !== null && told !== null) void this.#keep(key, { ...answer, state, told });
    return { answer, told: null };
  }

  /** Kept where the state is still the one of before it was worked out. */
  async #keep(key: string, answer: NonNullable<Kept<T>["answer"]>): Promise<void> {
    const bytes = ENTRY_BYTES + answer.body.length;
    if (bytes <= this.#options.maximum * LARGEST && (await this.#state()) === answer.state) this.#entries.set(key, { answer, bytes });
  }

  /** A state that cannot be found out is none; whoever answers then says what is wrong. */
  #state(): Promise<string | null> {
    return this.#options.state().catch(() => null);
  }
}
