import { LRUCache } from "lru-cache";

/** Texts by their keys, of at most so many bytes in memory; those that were not asked for longest make room. */
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

/** V8 keeps a character in one byte, or in two where one of the text needs them. */
const sizeOf = (text: string, key: string): number => 2 * (key.length + text.length);
