import type { Module } from "../module/module.ts";
import { IndicatorQueries, IndicatorValueResolver, UnitIndicatorsResolver } from "./indicator.resolver.ts";

export const indicatorModule: Module = {
  resolvers: [IndicatorQueries, UnitIndicatorsResolver, IndicatorValueResolver],
};
