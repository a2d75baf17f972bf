import type { HttpOptions } from "./http.ts";
import { byText } from "../../graphql/limits/by-text.ts";
import { checkDeclared } from "../../graphql/limits/declared.ts";
import { checkDocumentText, type Limits } from "../../graphql/limits/limits.ts";
import { checkLongBody } from "../../graphql/limits/long-bodies.ts";
import { type RouterCheck, TRACE_HEADER } from "../../access/router.ts";
import { type TrustedList, trustedParams } from "../../graphql/execution/trusted-documents.ts";

interface Rules {
  readonly limits: Limits;
  readonly router: RouterCheck;
  /** Maximum body size in bytes, and the larger one for long bodies. */
  readonly bodies: { readonly short: number; readonly long: number };
  readonly trusted: TrustedList | null;
}

/** Runs before Apollo: removes the trace header unless the router sent it, refuses untrusted documents, and refuses too long or undeclared values before they are read. */
export const prepareWith = ({ limits, router, bodies, trusted }: Rules): NonNullable<HttpOptions<object>["prepare"]> => {
  const checkText = byText((text) => {
    checkDocumentText(text, limits);
    return true;
  });
  return (params, headers, { headers: sent, bodyLength }) => {
    const isProven = router.isProven(sent);
    if (!isProven) headers.delete(TRACE_HEADER);
    const { query } = params;
    if (typeof query === "string") checkText(query);
    const prepared = trusted && !isProven ? trustedParams(trusted.documents, params) : params;
    if (!isProven) checkLongBody(prepared, bodyLength, bodies);
    if (typeof prepared["query"] === "string") checkDeclared(prepared["query"], prepared["variables"]);
    return prepared;
  };
};
