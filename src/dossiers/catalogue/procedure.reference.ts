import { type FindReferenced, key } from "../../reference.ts";

/** By `code`. */
export const findReferencedProcedure: FindReferenced = async (reference, { loaders }) => {
  const code = key(reference, "code");
  // PostgreSQL holds no NUL, so nothing has such a code.
  return code.includes("\0") ? null : loaders.procedureByCode.load(code);
};
