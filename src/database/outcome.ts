import type { EntityManager } from "@mikro-orm/postgresql";

export interface TransactionOutcome {
  readonly committed: boolean;
}

/** Rolls a transaction back; it never leaves this file. */
class Rollback<O extends TransactionOutcome> extends Error {
  readonly outcome: O;

  constructor(outcome: O) {
    super("rolled back");
    this.outcome = outcome;
  }
}

type Work<O> = (em: EntityManager) => Promise<O>;

/** Runs `work` in a transaction, which commits only if the outcome requests it. @returns the outcome in both cases. */
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
