import { busy } from "./failure.ts";

export interface GateOptions {
  readonly size: number;
  /** Maximum number of waiting callers; further ones are rejected at once. */
  readonly queue: number;
  readonly waitMs: number;
}

export class Gate {
  readonly #options: GateOptions;
  readonly #waiting = new Set<() => void>();
  #inside = 0;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  get isIdle(): boolean {
    return this.#inside === 0 && this.#waiting.size === 0;
  }

  /** @throws DomainError SERVICE_UNAVAILABLE if too many wait, or the wait was too long. */
  async through<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #enter(): Promise<void> | void {
    const { size, queue, waitMs } = this.#options;
    if (this.#inside < size) return void this.#inside++;
    if (this.#waiting.size >= queue) throw busy();
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.delete(enter);
        reject(busy());
      }, waitMs);
      const enter = () => {
        clearTimeout(late);
        resolve();
      };
      this.#waiting.add(enter);
    });
  }

  #leave(): void {
    const [next] = this.#waiting;
    if (!next) return void this.#inside--;
    this.#waiting.delete(next);
    next();
  }
}
