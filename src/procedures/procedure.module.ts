import type { Module } from "../module/module.ts";
import { Procedure, ProcedureField } from "./procedure.entity.ts";
import { findReferencedProcedure } from "./procedure.reference.ts";
import { ProcedureResolver } from "./procedure.resolver.ts";
import { procedureCosts } from "./procedure.cost.ts";

export const procedureModule: Module = {
  entities: [ProcedureField, Procedure],
  resolvers: [ProcedureResolver],
  references: { Procedure: findReferencedProcedure },
  costs: procedureCosts,
};
