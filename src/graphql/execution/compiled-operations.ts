import { LRUCache } from "lru-cache";

interface Sized<T> {
  readonly operation: T;
  readonly size: number;
}

/** A cache of compiled operations, limited by their total number of selected fields; the least recently used are evicted. */
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

  keep(key: string, operation: T, measureSize: () => number): void {
    const size = this.#operations.peek(key)?.size ?? Math.min(measureSize(), this.#maximum);
    this.#operations.set(key, { operation, size });
  }
}
