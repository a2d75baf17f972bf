import type { Costs } from "../module/cost/field-cost.ts";
import { MAX_FIGURES } from "./report-check.ts";

export const reportCosts: Costs = {
  fields: {
    "ReportConnection.totalCount": { counted: 500 },
    "Report.figures": { size: MAX_FIGURES },
    // Problems are not stored, so no row is read for them.
    "SubmitReportPayload.problems": { size: 0 },
  },
  parts: ["SubmitReportPayload", "PublishReportPayload", "WithdrawReportPayload"],
};
