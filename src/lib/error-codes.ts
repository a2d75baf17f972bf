interface CodeRule {
  /** HTTP status of a request that fails as a whole; null if Apollo sets it. */
  readonly status: number | null;
  /** True if the message is written for the client; other messages are hidden. */
  readonly isPublic: boolean;
  /** True if the service failed and not its client. */
  readonly isOurs: boolean;
  /** When the code sets the status of a response: ALWAYS, even if parts have data; UNLESS_RUN, if the operation did not run; LAST, if no other code does. */
  readonly decides: "ALWAYS" | "UNLESS_RUN" | "LAST";
}

const client = (status: number | null, decides: CodeRule["decides"] = "LAST"): CodeRule => ({
  ...{ status, isPublic: true, isOurs: false, decides },
});
const service = (status: number): CodeRule => ({ status, isPublic: true, isOurs: true, decides: "ALWAYS" });

const DOMAIN_CODES = {
  BAD_USER_INPUT: client(400),
  NOT_FOUND: client(404),
  UNAUTHENTICATED: client(401, "UNLESS_RUN"),
  FORBIDDEN: client(403, "UNLESS_RUN"),
  CONFLICT: client(409),
  /** Above a limit of the service; the message contains the limit and the requested amount. */
  LIMIT_EXCEEDED: client(400, "UNLESS_RUN"),
  /** Above the limit per minute; a later request may succeed. */
  RATE_LIMITED: client(429),
  /** Nothing was changed; a retry may succeed. */
  SERVICE_UNAVAILABLE: service(503),
  TIMEOUT: service(504),
} satisfies Readonly<Record<string, CodeRule>>;

export type ErrorCode = keyof typeof DOMAIN_CODES;

export const INTERNAL = "INTERNAL_SERVER_ERROR";
export const INTERNAL_MESSAGE = "Internal server error";
const INTERNAL_RULE: CodeRule = { status: 500, isPublic: false, isOurs: true, decides: "LAST" };

const CODES: ReadonlyMap<string, CodeRule> = new Map(
  Object.entries({
    ...DOMAIN_CODES,
    [INTERNAL]: INTERNAL_RULE,
    BAD_REQUEST: client(400),
    GRAPHQL_PARSE_FAILED: client(null),
    GRAPHQL_VALIDATION_FAILED: client(null),
    OPERATION_RESOLUTION_FAILURE: client(null),
    PERSISTED_QUERY_NOT_FOUND: client(null),
    PERSISTED_QUERY_NOT_SUPPORTED: client(null),
  }),
);

export const ruleOf = (code: unknown): CodeRule => CODES.get(String(code)) ?? INTERNAL_RULE;
