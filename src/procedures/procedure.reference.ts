import { type FindReferenced, key } from "../access/reference.ts";

/** By `code`. */
export const findReferencedProcedure: FindReferenced = async (reference, { loaders }) =>
  loaders.procedureByCode.load(key(reference, "code"));
