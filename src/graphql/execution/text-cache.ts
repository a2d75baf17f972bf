import { LRUCache } from "lru-cache";

/** A cache of texts, limited by their bytes in memory; the least recently used are evicted. */
export class TextCache {
  readonly #texts: LRUCache<string, string>;

  constructor(maximum: number) {
    this.#texts = new LRUCache({ maxSize: maximum, sizeCalculation: sizeOf });
  }

  async get(key: string): Promise<string | undefined> {
    return this.#texts.get(key);
  }

  async set(key: string, text: string): Promise<void> {
    this.#texts.set(key, text);
  }

  async delete(key: string): Promise<boolean> {
    return this.#texts.delete(key);
  }
}

/** V8 stores one byte per character, or two if any character needs them. */
const sizeOf = (text: string, key: string): number => 2 * (key.length + text.length);
