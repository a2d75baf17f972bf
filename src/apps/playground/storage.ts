/** Stores tabs and history, but never headers, which GraphiQL's history would include. */
export const storageWithoutHeaders = (kept: Storage): Storage => ({
  getItem: (key) => (isHeaders(key) ? null : kept.getItem(key)),
  setItem: (key, value) => {
    if (!isHeaders(key)) kept.setItem(key, withoutHeaders(value));
  },
  removeItem: (key) => kept.removeItem(key),
  key: (n) => kept.key(n),
  clear: () => kept.clear(),
  get length() {
    return kept.length;
  },
});

const isHeaders = (key: string): boolean => key.endsWith(":headers");

const withoutHeaders = (text: string): string => {
  if (!text.includes('"headers"')) return text;
  try {
    return JSON.stringify(JSON.parse(text, (key, value: unknown) => (key === "headers" ? null : value)));
  } catch {
    // The text of a query is not JSON.
    return text;
  }
};
