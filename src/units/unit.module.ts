import type { Module } from "../module/module.ts";
import { findReferencedUnit } from "./unit.reference.ts";
import { UnitQueries, UnitResolver } from "./unit.resolver.ts";
import { unitCosts } from "./unit.cost.ts";

export const unitModule: Module = {
  resolvers: [UnitQueries, UnitResolver],
  references: { Unit: findReferencedUnit },
  costs: unitCosts,
};
