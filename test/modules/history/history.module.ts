import { carried, listed } from "../../../src/module/cost/rules.ts";
import type { Module } from "../../../src/module/module.ts";
import { HistoryResolver } from "./history.resolver.ts";

export const historyModule: Module = {
  resolvers: [HistoryResolver],
  costs: {
    fields: {
      "Query.histories": { rule: (subject, { codes }) => listed(subject, (codes as readonly string[]).length) },
      "History.unit": { rule: carried },
      "History.versions": { rule: ({ count }) => ({ rows: 5 * count, below: { count: 0 } }) },
    },
  },
};
