import type { Module } from "../module/module.ts";
import { findReferencedReport } from "./report.reference.ts";
import { ReportResolver } from "./report.resolver.ts";
import { reportCosts } from "./report.cost.ts";

export const reportModule: Module = {
  resolvers: [ReportResolver],
  references: { Report: findReferencedReport },
  costs: reportCosts,
};
