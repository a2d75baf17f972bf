import type { Module } from "../module/module.ts";
import { AccessGrantResolver, AccessKeyResolver } from "./access-key.resolver.ts";
import { AuditEntryConnectionResolver, AuditEntryResolver, AuditQueries } from "./audit.resolver.ts";
import { administrationCosts } from "./administration.cost.ts";

export const administrationModule: Module = {
  resolvers: [AccessKeyResolver, AccessGrantResolver, AuditQueries, AuditEntryConnectionResolver, AuditEntryResolver],
  costs: administrationCosts,
};
