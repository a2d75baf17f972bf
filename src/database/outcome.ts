import type { EntityManager } from "@mikro-orm/postgresql";

/** What a transaction returns, and whether its changes are committed. */
export interface TransactionOutcome {
  readonly committed: boolean;
}

/** Ends a transaction by a rollback; it never leaves this file. */
class Rollback<O extends TransactionOutcome> extends Error {
  readonly outcome: O;

  constructor(outcome: O) {
    super("rolled back");
    this.outcome = outcome;
  }
}

type Work<O> = (em: EntityManager) => Promise<O>;

/** Runs `work` by `transaction`, and commits what it did only where the outcome says so. @returns the outcome in both cases. */
export const settle = async <O extends TransactionOutcome>(transaction: (work: Work<O>) => Promise<O>, work: Work<O>): Promise<O> => {
  try {
    return await transaction(async (em) => {
      const outcome = await work(em);
      if (!outcome.committed) throw new Rollback(outcome);
      return outcome;
    });
  } catch (error) {
    if (error instanceof Rollback) return error.outcome as O;
    throw error;
  }
};
