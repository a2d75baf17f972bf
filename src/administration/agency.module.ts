import type { Module } from "../module/module.ts";
import { agencyCosts } from "./administration.cost.ts";
import { AgencyMutations } from "./agency.resolver.ts";

export const agencyModule: Module = { resolvers: [AgencyMutations], costs: agencyCosts };
