import type { Module } from "../module/module.ts";
import { WorkCalendarDay } from "./work-calendar.entity.ts";
import { WorkCalendarResolver } from "./work-calendar.resolver.ts";
import { workCalendarCosts } from "./work-calendar.cost.ts";

export const workCalendarModule: Module = {
  entities: [WorkCalendarDay],
  resolvers: [WorkCalendarResolver],
  costs: workCalendarCosts,
};
