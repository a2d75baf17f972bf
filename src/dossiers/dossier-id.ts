/** Identifies a dossier across all source systems. */
export interface DossierIdentity {
  readonly sourceNo: number;
  readonly code: string;
}

const MAX_SOURCE = 2_147_483_647;

/** Contains the number of the source, which survives changes of its name and owner, and the code. */
export const dossierIdOf = ({ sourceNo, code }: DossierIdentity): string => Buffer.from(`${sourceNo}:${code}`).toString("base64url");

/** Returns null for a malformed id, so that it is answered like an id that does not exist. A dossier has exactly one id. */
export const parseDossierId = (id: string): DossierIdentity | null => {
  const match = /^(\d{1,10}):([^\0]{1,300})$/.exec(Buffer.from(id, "base64url").toString("utf8"));
  if (!match) return null;
  const identity = { sourceNo: Number(match[1]), code: match[2]! };
  return identity.sourceNo <= MAX_SOURCE && dossierIdOf(identity) === id ? identity : null;
};
