import type { Costs } from "../module/cost/field-cost.ts";
import { listed, ofPeriod, ownUnit } from "../module/cost/rules.ts";
import { SOURCES } from "../rollups/rollup.cost.ts";
import { INDICATORS } from "./indicator.ts";

export const indicatorCosts: Costs = {
  fields: {
    "Query.indicators": { rule: () => ({ rows: 0, below: { count: INDICATORS.length } }) },
    "Unit.indicators": {
      rule: (subject, args, place) =>
        ofPeriod(listed(subject, (args["codes"] as readonly string[] | null | undefined)?.length ?? INDICATORS.length).below, args, place),
      hidden: { own: 0, within: 0 },
    },
    "IndicatorValue.unit": { rule: ownUnit },
    "IndicatorValue.sources": { size: SOURCES },
  },
  parts: ["Indicator"],
};
