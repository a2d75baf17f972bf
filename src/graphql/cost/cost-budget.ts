import { RateLimiterMemory } from "rate-limiter-flexible";
import { DomainError } from "../../lib/errors.ts";

const MINUTE = 60;

/** Limits the cost of one anonymous address per minute, in estimated rows. Each process counts alone. */
export class CostBudget {
  readonly #points: number;
  readonly #limiter: RateLimiterMemory | null;
  readonly #limited: () => void;

  constructor(points: number, limited: () => void = () => {}) {
    this.#points = points;
    this.#limiter = points === 0 ? null : new RateLimiterMemory({ keyPrefix: "cost", points, duration: MINUTE });
    this.#limited = limited;
  }

  /** @throws DomainError RATE_LIMITED without charging, so that cheaper operations remain possible. */
  async spend(address: string, cost: number): Promise<void> {
    if (this.#limiter === null || cost === 0) return;
    const spent = await this.#limiter.get(address);
    if (spent && spent.consumedPoints + cost > this.#points) {
      this.#limited();
      throw this.#refusal(cost, Math.max(0, spent.remainingPoints), Math.max(1, Math.ceil(spent.msBeforeNext / 1000)));
    }
    // The first operation is answered at any cost; only MAX_COST limits it.
    await this.#limiter.penalty(address, cost);
  }

  #refusal(cost: number, left: number, retryAfter: number): DomainError {
    return new DomainError(
      "RATE_LIMITED",
      `COST_ADDRESS: this operation may read ${cost} rows, and this address has ${left} of ${this.#points} rows left in this minute; ` +
        `try again in ${retryAfter} s, or with a key`,
      { retryAfter },
    );
  }
}
