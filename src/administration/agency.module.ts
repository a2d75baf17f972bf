import type { Module } from "../module/module.ts";
import { AgencyMutations } from "./agency.resolver.ts";

export const agencyModule: Module = { resolvers: [AgencyMutations] };
