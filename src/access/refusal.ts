import { DomainError } from "../lib/errors.ts";

/** Why a credential does not hold. The messages never repeat any of it. */
export const REFUSALS = {
  header: "Authorization is malformed; must be Bearer, a space, and one API key or JWT",
  key: "This API key is not valid: unknown, revoked or expired",
  malformed: "The token is malformed",
  algorithm: "The token is signed by an algorithm that is not accepted; must be RS256, ES256 or EdDSA",
  keyId: "The token's header names no key id (kid)",
  unknownKeyId: "The token's key id (kid) names no one key of its issuer",
  issuer: "The token's issuer is not trusted",
  audience: "The token is meant for another audience",
  signature: "The token's signature does not hold",
  expired: "The token has expired",
  old: "The token was issued longer ago than tokens of its issuer hold; ask the issuer for a new one",
  early: "The token is not yet valid",
} as const;

/** UNAUTHENTICATED, for a reason that is known or told in words. */
export const refused = (reason: keyof typeof REFUSALS | { readonly words: string }): DomainError =>
  new DomainError("UNAUTHENTICATED", typeof reason === "string" ? REFUSALS[reason] : reason.words);
