import type { Costs } from "../module/cost/field-cost.ts";
import { MAX_FIGURES } from "./report-check.ts";

export const reportCosts: Costs = {
  fields: {
    "ReportConnection.totalCount": { counted: 500 },
    "Report.figures": { size: MAX_FIGURES },
  },
};
