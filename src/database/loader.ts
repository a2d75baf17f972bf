import DataLoader from "dataloader";

/** A row for the key at position `i` of the batch, counted from 1 as by SQL's `with ordinality`. */
export interface Positioned {
  i: number;
}

type Batch<K, R extends Positioned> = (keys: readonly K[]) => Promise<readonly R[]>;

/** One row or null for each key, by one statement for all keys of a batch. */
export const oneBy = <K, R extends Positioned>(keyOf: (key: K) => string, batch: Batch<K, R>): DataLoader<K, R | null, string> =>
  new DataLoader<K, R | null, string>(
    async (keys) => {
      const found = Array<R | null>(keys.length).fill(null);
      for (const row of await batch(keys)) found[row.i - 1] = row;
      return found;
    },
    { cacheKeyFn: keyOf },
  );

/** The rows of each key in the order of the statement, by one statement for all keys of a batch. */
export const manyBy = <K, R extends Positioned>(keyOf: (key: K) => string, batch: Batch<K, R>): DataLoader<K, R[], string> =>
  new DataLoader<K, R[], string>(
    async (keys) => {
      const found = keys.map((): R[] => []);
      for (const row of await batch(keys)) found[row.i - 1]!.push(row);
      return found;
    },
    { cacheKeyFn: keyOf },
  );
