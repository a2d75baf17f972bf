export const inner = <K, L, T>(maps: Map<K, Map<L, T>>, key: K): Map<L, T> => {
  const found = maps.get(key) ?? new Map<L, T>();
  if (found.size === 0) maps.set(key, found);
  return found;
};
