/** Texts by their keys, of at most so many bytes in memory; those that were not asked for longest make room. */
export class TextCache {
  readonly #texts = new Map<string, string>();
  readonly #maximum: number;
  #bytes = 0;

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  async get(key: string): Promise<string | undefined> {
    const text = this.#texts.get(key);
    if (text === undefined) return undefined;
    this.#texts.delete(key);
    this.#texts.set(key, text);
    return text;
  }

  async set(key: string, text: string): Promise<void> {
    await this.delete(key);
    if (sizeOf(key, text) > this.#maximum) return;
    this.#texts.set(key, text);
    this.#bytes += sizeOf(key, text);
    while (this.#bytes > this.#maximum) await this.delete(this.#texts.keys().next().value!);
  }

  async delete(key: string): Promise<boolean> {
    const text = this.#texts.get(key);
    if (text !== undefined) this.#bytes -= sizeOf(key, text);
    return this.#texts.delete(key);
  }
}

/** V8 keeps a character in one byte, or in two where one of the text needs them. */
const sizeOf = (key: string, text: string): number => 2 * (key.length + text.length);
