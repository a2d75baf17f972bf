import type { RecordRules } from "./record-rules.ts";

const registered = new Set<RecordRules>();

/** Called by `records.ts` alone, for all kinds at once. */
export const registerRecords = (rules: readonly RecordRules[]): void => {
  for (const one of rules) registered.add(one);
};

/** The rules of all kinds of records. @throws Error in a program that does not load them, because its counters would lack a kind. */
export const recordKinds = (): readonly RecordRules[] => {
  if (registered.size === 0) throw new Error("no kind of record is registered: the program must import src/records.ts");
  return [...registered];
};
