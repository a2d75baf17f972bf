import type { Costs } from "../module/cost/field-cost.ts";

/** The catalogue has about eighty fields with procedures of local units. */
export const FIELDS_OF_PROCEDURES = 80;

export const procedureCosts: Costs = { fields: { "ProcedureConnection.totalCount": { counted: 500 } } };
