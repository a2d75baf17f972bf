import type { Module } from "../../module/module.ts";
import { standingCosts } from "./standing.cost.ts";
import { CycleStandingsResolver, ScoreReceiptResolver, SheetProjectionResolver } from "./standing.resolver.ts";

export const standingModule: Module = {
  resolvers: [CycleStandingsResolver, SheetProjectionResolver, ScoreReceiptResolver],
  costs: standingCosts,
};
