import { LRUCache } from "lru-cache";

interface Sized<T> {
  readonly operation: T;
  readonly size: number;
}

/** Compiled operations of at most so many selected fields together; those that were not asked for longest make room. */
export class CompiledOperations<T> {
  readonly #operations: LRUCache<string, Sized<T>>;
  readonly #maximum: number;

  constructor(maximum: number) {
    this.#maximum = maximum;
    this.#operations = new LRUCache({ maxSize: maximum, sizeCalculation: ({ size }) => size });
  }

  get(key: string): T | undefined {
    return this.#operations.peek(key)?.operation;
  }

  /** As the one that was asked for last. One larger than the maximum stays until the next one comes. */
  keep(key: string, operation: T, measureSize: () => number): void {
    const size = this.#operations.peek(key)?.size ?? Math.min(measureSize(), this.#maximum);
    this.#operations.set(key, { operation, size });
  }
}
