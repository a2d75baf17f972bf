import type { Module } from "../module/module.ts";
import { Figure, Source } from "./figure.entity.ts";
import { FigureResolver, UnitFiguresResolver } from "./figure.resolver.ts";
import { figureCosts } from "./figure.cost.ts";

export const figureModule: Module = {
  entities: [Source, Figure],
  resolvers: [UnitFiguresResolver, FigureResolver],
  costs: figureCosts,
};
