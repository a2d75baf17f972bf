import { RateLimiterMemory } from "rate-limiter-flexible";
import { DomainError } from "../../lib/errors.ts";

const MINUTE = 60;

/** What one address without a key may ask for within a minute, in the rows of the estimate. Each process counts for itself. */
export class CostBudget {
  readonly #points: number;
  readonly #limiter: RateLimiterMemory | null;
  readonly #limited: () => void;

  constructor(points: number, limited: () => void = () => {}) {
    this.#points = points;
    this.#limiter = points === 0 ? null : new RateLimiterMemory({ keyPrefix: "cost", points, duration: MINUTE });
    this.#limited = limited;
  }

  /** @throws DomainError RATE_LIMITED, and charges nothing then, so that what is cheap is still answered. */
  async spend(address: string, cost: number): Promise<void> {
    if (this.#limiter === null || cost === 0) return;
    const spent = await this.#limiter.get(address);
    if (spent && spent.consumedPoints + cost > this.#points) {
      this.#limited();
      throw this.#refusal(cost, Math.max(0, spent.remainingPoints), Math.max(1, Math.ceil(spent.msBeforeNext / 1000)));
    }
    // The first one is answered whatever it costs: MAX_COST alone bounds it.
    await this.#limiter.penalty(address, cost);
  }

  #refusal(cost: number, left: number, retryAfter: number): DomainError {
    return new DomainError(
      "RATE_LIMITED",
      `COST_ADDRESS: this operation may read ${cost} rows, and of the ${this.#points} that this address may ask for within a minute ${left} are left; ` +
        `ask again in ${retryAfter} s, or with a key`,
      { retryAfter },
    );
  }
}
