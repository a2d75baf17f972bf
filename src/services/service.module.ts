import type { Module } from "../module/module.ts";
import { ServiceRollupResolver, UnitServicesResolver } from "./service-rollup.resolver.ts";
import { serviceCosts } from "./service.cost.ts";

export const serviceModule: Module = {
  resolvers: [UnitServicesResolver, ServiceRollupResolver],
  costs: serviceCosts,
};
