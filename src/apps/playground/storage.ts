/** Stores tabs and history, but never headers, which GraphiQL's history would include. */
export const storageWithoutHeaders = (storage: Storage): Storage => ({
  getItem: (key) => (isHeaders(key) ? null : storage.getItem(key)),
  setItem: (key, value) => {
    if (!isHeaders(key)) storage.setItem(key, withoutHeaders(value));
  },
  removeItem: (key) => storage.removeItem(key),
  key: (n) => storage.key(n),
  clear: () => storage.clear(),
  get length() {
    return storage.length;
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
