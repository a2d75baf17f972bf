import { type FindReferenced, key } from "../access/reference.ts";
import { parseDossierId } from "./dossier-id.ts";
import { dossierLoaders } from "./dossier.loaders.ts";

/** By `id`; only for VIEWERs of its unit, like Query.dossier. */
export const findReferencedDossier: FindReferenced = async (reference, context) => {
  const identity = parseDossierId(key(reference, "id"));
  return identity && context.use(dossierLoaders).dossierByIdentity.load(identity);
};
