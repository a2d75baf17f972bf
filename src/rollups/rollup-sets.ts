import type { EntityManager } from "@mikro-orm/postgresql";
import { contended } from "../database/failure.ts";
import { rowsOf } from "../database/reader.ts";
import { type SetMaking, withOwnSet } from "./rollup-build.service.ts";
import type { RollupOrigin, SetRow } from "./rollup-set.loader.ts";

/** Number of attempts of a read that a concurrent change interrupts, before the read builds its own set. */
const ATTEMPTS = 3;

type Read<K, R> = (source: RollupOrigin, found: readonly (SetRow | null)[], keys: readonly K[]) => Promise<readonly R[] | null>;

/**
 * Reads stored sets with `read`, which returns null if a set is outdated. A set that is not stored, or changes all the time, is built for this answer alone. Each set is
 * read from one snapshot.
 */
export const readSets = async <K, R>(
  source: RollupOrigin,
  keys: readonly K[],
  find: (keys: readonly K[]) => Promise<readonly (SetRow | null)[]>,
  read: Read<K, R>,
): Promise<R[]> => {
  for (let attempt = 1; ; attempt++) {
    const found = await find(keys);
    const isOwn = (set: SetRow | null): set is SetRow => set !== null && (set.isOwn || (attempt >= ATTEMPTS && set.setId !== null));
    const answers = found.some(isOwn) ? await readMixed(source, { keys, found, isOwn }, read) : await read(source, found, keys);
    if (answers !== null) return [...answers];
    source.sets.clearAll();
  }
};

interface Mixed<K> {
  readonly keys: readonly K[];
  readonly found: readonly (SetRow | null)[];
  readonly isOwn: (set: SetRow | null) => set is SetRow;
}

/** Reads stored sets together, and each set that is built for this answer by itself. Null if a stored set is outdated. */
const readMixed = async <K, R>(source: RollupOrigin, { keys, found, isOwn }: Mixed<K>, read: Read<K, R>): Promise<R[] | null> => {
  const places = keys.map((_, n) => n);
  const stored = places.filter((n) => !isOwn(found[n]!));
  const answers = await read(
    source,
    stored.map((n) => found[n]!),
    stored.map((n) => keys[n]!),
  );
  if (answers === null) return null;
  const byPlace = new Map(stored.map((n, at) => [n, answers[at]!]));
  const own = Map.groupBy(
    places.filter((n) => isOwn(found[n]!)),
    (n) => found[n]!,
  );
  for (const [set, ofSet] of own) {
    const asked = ofSet.map((n) => keys[n]!);
    const built = await source.ownSet(set, (within, row) =>
      read(
        within,
        asked.map(() => row),
        asked,
      ),
    );
    if (built === null) throw contended();
    for (const [at, n] of ofSet.entries()) byPlace.set(n, built[at]!);
  }
  return places.map((n) => byPlace.get(n)!);
};

/** Implements `RollupOrigin.ownSet`; anonymous requests do not block the others. */
export const ownSets =
  (making: SetMaking, isKeyed: boolean, source: () => RollupOrigin): RollupOrigin["ownSet"] =>
  (set, read) =>
    withOwnSet(making, set.key, isKeyed ? "BUILDS" : "UNKEYED", (em, setId) => read(within(source(), making, em), { ...set, setId }));

const within = (source: RollupOrigin, { records }: SetMaking, em: EntityManager): RollupOrigin => ({
  ...source,
  reader: rowsOf(em),
  figures: rowsOf(em),
  records: (kind) => {
    const ofKind = records(kind);
    return ofKind && { ...ofKind, ...ofKind.within(em) };
  },
});
