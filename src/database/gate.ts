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

  /** Waits only if the gate is full. @throws DomainError SERVICE_UNAVAILABLE if too many wait, or the wait was too long. */
  enter(): Promise<void> | void {
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

  leave(): void {
    const [next] = this.#waiting;
    if (!next) return void this.#inside--;
    this.#waiting.delete(next);
    next();
  }
}

/** From the narrowest gate to the widest, so that waiting callers hold no place that others could use. @throws DomainError as `Gate.enter` */
export const throughGates = async <T>(gates: readonly Gate[], work: () => Promise<T>): Promise<T> => {
  let entered = 0;
  try {
    for (const gate of gates) {
      const waiting = gate.enter();
      if (waiting) await waiting;
      entered++;
    }
    return await work();
  } finally {
    while (entered > 0) gates[--entered]!.leave();
  }
};
