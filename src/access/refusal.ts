import { DomainError } from "../lib/errors.ts";

/** Reasons for UNAUTHENTICATED; the messages never repeat a part of the credential. */
export const REFUSALS = {
  header: "Authorization is malformed; must be Bearer, a space, and one API key or JWT",
  key: "This API key is not valid: unknown, revoked or expired",
  malformed: "The token is malformed",
  algorithm: "The token is signed by an algorithm that is not accepted; must be RS256, ES256 or EdDSA",
  keyId: "The token's header has no key id (kid)",
  unknownKeyId: "The token's key id (kid) matches no single key of its issuer",
  issuer: "The token's issuer is not trusted",
  audience: "The token is for another audience",
  signature: "The token's signature is not valid",
  expired: "The token has expired",
  old: "The token exceeds its issuer's maximum age; request a new one from the issuer",
  early: "The token is not yet valid",
} as const;

export const refused = (reason: keyof typeof REFUSALS | { readonly words: string }): DomainError =>
  new DomainError("UNAUTHENTICATED", typeof reason === "string" ? REFUSALS[reason] : reason.words);
