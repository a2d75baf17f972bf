import type { Costs } from "../module/cost/field-cost.ts";
import { parsePeriod } from "../lib/time/period.ts";
import { listed, ownUnit } from "../module/cost/rules.ts";
import { SOURCES } from "../rollups/rollup.cost.ts";
import { INDICATORS } from "./indicator.ts";

export const indicatorCosts: Costs = {
  fields: {
    "Query.indicators": { rule: () => ({ rows: 0, below: { count: INDICATORS.length } }) },
    "Unit.indicators": {
      rule: (subject, { codes, period }, place) => {
        const { rows, below } = listed(subject, (codes as readonly string[] | null | undefined)?.length ?? INDICATORS.length);
        return { rows: rows + place.periods.rowsOf(parsePeriod("period", period as string), place), below };
      },
      hidden: { own: 0, within: 0 },
    },
    "IndicatorValue.unit": { rule: ownUnit },
    "IndicatorValue.sources": { size: SOURCES },
  },
  parts: ["Indicator"],
};
