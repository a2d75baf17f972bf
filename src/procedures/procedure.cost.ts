import type { Costs } from "../module/cost/field-cost.ts";

/** The catalogue has some eighty fields of procedures that local units decide. */
export const FIELDS_OF_PROCEDURES = 80;

export const procedureCosts: Costs = { fields: { "ProcedureConnection.totalCount": { counted: 500 } } };
