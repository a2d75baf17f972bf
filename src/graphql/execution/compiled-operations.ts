/** Compiled operations of at most so many selected fields together; those that were not asked for longest make room. */
export class CompiledOperations<T> {
  readonly #operations = new Map<string, { readonly operation: T; readonly size: number }>();
  readonly #maximum: number;
  #size = 0;

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  get(key: string): T | undefined {
    return this.#operations.get(key)?.operation;
  }

  /** As the one that was asked for last. */
  keep(key: string, operation: T, measureSize: () => number): void {
    const known = this.#operations.get(key);
    this.#operations.delete(key);
    const size = known?.size ?? measureSize();
    if (!known) this.#size += size;
    this.#operations.set(key, { operation, size });
    for (const [oldest, { size: freed }] of this.#operations) {
      if (this.#size <= this.#maximum || oldest === key) break;
      this.#operations.delete(oldest);
      this.#size -= freed;
    }
  }
}
