import { type FindReferenced, key } from "../access/reference.ts";
import { procedureLoaders } from "./procedure.loaders.ts";

export const findReferencedProcedure: FindReferenced = async (reference, context) =>
  context.use(procedureLoaders).procedureByCode.load(key(reference, "code"));
