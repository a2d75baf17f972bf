import { type FindReferenced, key } from "../access/reference.ts";
import { parseDossierId } from "./dossier-id.ts";

/** By `id`; for VIEWERs of its unit alone, as the field dossier. */
export const findReferencedDossier: FindReferenced = async (reference, { loaders }) => {
  const identity = parseDossierId(key(reference, "id"));
  return identity && loaders.dossierByIdentity.load(identity);
};
