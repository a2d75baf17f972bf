import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from "jose";
import { DomainError } from "../lib/errors.ts";
import { type Day, dayOf, FIRST_DAY } from "../lib/time/date.ts";
import type { Issuer } from "./issuer.ts";
import { refused } from "./refusal.ts";
import { isText } from "../lib/text.ts";
import { type Role, ROLES } from "./viewer.ts";

const ALGORITHMS = ["RS256", "ES256", "EdDSA"];
const CLOCK_SKEW = 30;
const MAX_CLAIMS = 100;

export interface Token {
  readonly issuer: Issuer;
  readonly subject: string;
  readonly issuedOn: Day;
  /** When it expires: by its own claim, or by its issuer's maximum age. */
  readonly until: Date;
  readonly claims: readonly { readonly unit: string; readonly role: Role }[];
}

/** Needs only the issuer's keys and the clock. @throws DomainError UNAUTHENTICATED */
export const readToken = async (token: string, issuers: ReadonlyMap<string, Issuer>, now: Date): Promise<Token> => {
  const issuer = issuerOf(token, issuers);
  const payload = await verify(token, issuer, now);
  const { sub, iat, exp } = payload;
  if (!isText(sub, 200)) throw refused({ words: "The token is malformed: sub must be a text of 1 to 200 characters" });
  if (iat! > now.getTime() / 1000 + CLOCK_SKEW) throw refused("early");
  if (!(iat! >= Date.parse(`${FIRST_DAY}T00:00:00+07:00`) / 1000))
    throw refused({ words: `The token is malformed: iat must not be before ${FIRST_DAY}, the first recorded day` });
  const oldest = iat! + issuer.maxAge / 1000;
  if (now.getTime() / 1000 > oldest + CLOCK_SKEW) throw refused("old");
  const until = new Date(Math.min(exp!, oldest) * 1000);
  return { issuer, subject: sub, issuedOn: dayOf(new Date(iat! * 1000)), until, claims: claimsOf(payload) };
};

/** Reads the claimed issuer before verification; also refuses tokens that need none. */
const issuerOf = (token: string, issuers: ReadonlyMap<string, Issuer>): Issuer => {
  const { header, payload } = decoded(token);
  if (!ALGORITHMS.includes(header.alg as string)) throw refused("algorithm");
  if (!isText(header.kid, 500)) throw refused("keyId");
  if (payload.iss === undefined) throw refused({ words: "The token lacks the claim iss" });
  const issuer = issuers.get(payload.iss);
  if (!issuer) throw refused("issuer");
  return issuer;
};

const decoded = (token: string) => {
  try {
    return { header: decodeProtectedHeader(token), payload: decodeJwt(token) };
  } catch {
    throw refused("malformed");
  }
};

const verify = async (token: string, { issuer, audience, keys }: Issuer, now: Date): Promise<JWTPayload> => {
  try {
    const { payload } = await jwtVerify(token, reachable(keys), {
      ...{ issuer, audience, algorithms: ALGORITHMS, clockTolerance: CLOCK_SKEW, currentDate: now },
      requiredClaims: ["exp", "iat", "sub"],
    });
    return payload;
  } catch (error) {
    throw error instanceof DomainError ? error : reasonOf(error);
  }
};

/** A failed download of keys says nothing about the token. */
const reachable =
  (keys: JWTVerifyGetKey): JWTVerifyGetKey =>
  async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      throw new DomainError("SERVICE_UNAVAILABLE", "The token issuer's keys are currently unavailable; try again soon", {
        retryAfter: 5,
      });
    }
  };

const reasonOf = (error: unknown): DomainError => {
  if (error instanceof errors.JWTExpired) return refused("expired");
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) return refused("unknownKeyId");
  if (error instanceof errors.JWTClaimValidationFailed) {
    const { claim, reason } = error;
    if (reason === "missing") return refused({ words: `The token lacks the claim ${claim}` });
    if (reason === "invalid") return refused({ words: `The token is malformed: ${claim} must be a number of seconds` });
    return refused(claim === "nbf" ? "early" : claim === "aud" ? "audience" : "issuer");
  }
  return refused(error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid ? "malformed" : "signature");
};

const claimsOf = ({ cchc }: JWTPayload): Token["claims"] => {
  const isClaim = (claim: unknown): claim is Token["claims"][number] => {
    const { unit, role } = Object(claim) as { unit?: unknown; role?: unknown };
    return isText(unit, 100) && ROLES.some((one) => one === role);
  };
  if (Array.isArray(cchc) && cchc.length > 0 && cchc.length <= MAX_CLAIMS && cchc.every(isClaim)) return cchc;
  throw refused({
    words: `The token is malformed: cchc must be a list of 1 to ${MAX_CLAIMS} of {"unit": code or id, "role": one of ${ROLES.join(", ")}}`,
  });
};
