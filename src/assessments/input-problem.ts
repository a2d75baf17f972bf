import { BadUserInput } from "../lib/errors.ts";

/** One thing that is wrong with the input of a mutation. */
export interface InputProblem {
  /** Path into the input: criteria, 3, maxScore. */
  readonly path: readonly string[];
  readonly code: string;
  readonly message: string;
}

/** The maximum number of problems of one answer. */
const MAX_PROBLEMS = 1000;

/** Collects the problems of one input. */
export class InputProblems {
  readonly #all: InputProblem[] = [];
  readonly #within: string;

  /** @param within the place in the input at which all paths begin, such as "with." */
  constructor(within = "") {
    this.#within = within;
  }

  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  get list(): readonly InputProblem[] {
    return this.#all.slice(0, MAX_PROBLEMS);
  }

  /** @param place such as criteria[3].maxScore */
  add(place: string, code: string, fault: string): void {
    const argument = `${this.#within}${place}`;
    this.#all.push({ path: argument.match(/[^.[\]]+/g) ?? [], code, message: `${argument}: ${fault}` });
  }

  /** Returns what `read` returns; null where it refuses the value, which becomes a problem. @throws every other error. */
  attempt<T>(place: string, code: string, read: () => T): T | null {
    try {
      return read();
    } catch (error) {
      return this.refused(place, code, error);
    }
  }

  refused(place: string, code: string, error: unknown): null {
    if (!(error instanceof BadUserInput)) throw error;
    this.add(place, code, error.message.replace(/^[^:]*: /, ""));
    return null;
  }
}
