import { LRUCache } from "lru-cache";

/** Characters of all texts that are remembered, and what an entry takes beside its text. */
const MOST_CHARACTERS = 2_000_000;
const ENTRY = 200;

/** Remembers what was found in documents, because clients repeat them and to read one takes longer than to check its values. @throws as `find`, each time */
export const byText = <T extends {}>(find: (text: string) => T): ((text: string) => T) => {
  const found = new LRUCache<string, T>({ maxSize: MOST_CHARACTERS, sizeCalculation: (_, text) => text.length + ENTRY });
  return (text) => {
    const known = found.get(text);
    if (known !== undefined) return known;
    const value = find(text);
    found.set(text, value);
    return value;
  };
};
