import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

export const SECRET_HEADER = "x-gateway-secret";
/** Header by which a router requests the duration of each field. */
export const TRACE_HEADER = "apollo-federation-include-trace";

export interface RouterCheck {
  readonly isProven: (headers: IncomingHttpHeaders) => boolean;
  /** True if it has the secret, or none is configured: then `_service` and `_entities` are public. */
  readonly isRouter: (headers: IncomingHttpHeaders) => boolean;
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Compares in constant time, so that timing reveals nothing about the secret. */
export const routerCheck = (secret: string | null): RouterCheck => {
  if (secret === null) return { isProven: () => false, isRouter: () => true };
  const expected = digest(secret);
  const isProven = ({ [SECRET_HEADER]: given }: IncomingHttpHeaders) =>
    typeof given === "string" && timingSafeEqual(digest(given), expected);
  return { isProven, isRouter: isProven };
};
