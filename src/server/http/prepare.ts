import type { HttpOptions } from "./http.ts";
import { checkText, type Limits } from "../limits/limits.ts";
import { type RouterCheck, TRACE_HEADER } from "./router.ts";
import { type TrustedDocuments, trustedParams } from "../operation/trusted-documents.ts";

interface Rules {
  readonly limits: Limits;
  readonly router: RouterCheck;
  /** Null: all documents are answered. */
  readonly trusted: TrustedDocuments | null;
}

/** What every request passes before Apollo sees it: the trace header is the router's alone, and so are documents that are not trusted. */
export const prepareWith =
  ({ limits, router, trusted }: Rules): NonNullable<HttpOptions<object>["prepare"]> =>
  (params, headers, { headers: sent }) => {
    const isProven = router.isProven(sent);
    if (!isProven) headers.delete(TRACE_HEADER);
    const { query } = params;
    if (typeof query === "string") checkText(query, limits);
    return trusted && !isProven ? trustedParams(trusted, params) : params;
  };
