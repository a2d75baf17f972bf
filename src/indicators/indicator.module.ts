import type { Module } from "../module/module.ts";
import { IndicatorQueries, IndicatorValueResolver, UnitIndicatorsResolver } from "./indicator.resolver.ts";
import { indicatorCosts } from "./indicator.cost.ts";

export const indicatorModule: Module = {
  resolvers: [IndicatorQueries, UnitIndicatorsResolver, IndicatorValueResolver],
  costs: indicatorCosts,
};
