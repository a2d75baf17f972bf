import { busy } from "./failure.ts";

export interface GateOptions {
  /** So many are inside at once. */
  readonly size: number;
  /** So many may wait; more are turned away at once. */
  readonly queue: number;
  /** Who has waited so long is turned away. */
  readonly waitMs: number;
}

/** Lets a few in at once, the others in the order in which they came. */
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

  /** @throws DomainError SERVICE_UNAVAILABLE where too many wait, or one has waited too long. */
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

  /** Whoever came first takes the place of the one that leaves. */
  #leave(): void {
    const [next] = this.#waiting;
    if (!next) return void this.#inside--;
    this.#waiting.delete(next);
    next();
  }
}
