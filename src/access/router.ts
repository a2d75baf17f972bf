import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** Header that bears the router's secret. */
export const SECRET_HEADER = "x-gateway-secret";
/** Header by which a router asks how long each field took. */
export const TRACE_HEADER = "apollo-federation-include-trace";

export interface RouterCheck {
  /** True where the secret came along. */
  readonly isProven: (headers: IncomingHttpHeaders) => boolean;
  /** True where it came along, or none is configured: then `_service` and `_entities` are as open as everything that is public. */
  readonly isRouter: (headers: IncomingHttpHeaders) => boolean;
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Knows the router by its secret; the comparison takes as long for a wrong one as for the right one. */
export const routerCheck = (secret: string | null): RouterCheck => {
  if (secret === null) return { isProven: () => false, isRouter: () => true };
  const expected = digest(secret);
  const isProven = ({ [SECRET_HEADER]: given }: IncomingHttpHeaders) =>
    typeof given === "string" && timingSafeEqual(digest(given), expected);
  return { isProven, isRouter: isProven };
};
