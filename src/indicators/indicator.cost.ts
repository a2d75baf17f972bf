import type { Costs, Rule } from "../module/cost/field-cost.ts";
import { listed, ofPeriod, ownUnit } from "../module/cost/rules.ts";
import { SOURCES } from "../rollups/rollup.cost.ts";
import { INDICATORS } from "./indicator.ts";

const indicators: Rule = (subject, args, place) =>
  ofPeriod(listed(subject, (args["codes"] as readonly string[] | null | undefined)?.length ?? INDICATORS.length).below, args, place);

export const indicatorCosts: Costs = {
  fields: {
    "Query.indicators": () => ({ rows: 0, below: { count: INDICATORS.length } }),
    "Unit.indicators": { rule: indicators, hidden: {} },
    "IndicatorValue.unit": ownUnit,
    "IndicatorValue.sources": { size: SOURCES },
  },
  parts: ["Indicator"],
};
