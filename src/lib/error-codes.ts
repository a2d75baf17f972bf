interface CodeRule {
  /** HTTP status of a request that fails as a whole; null where Apollo sets it. */
  readonly status: number | null;
  /** Whether its message is written for the client; others learn only that something went wrong. */
  readonly isPublic: boolean;
  /** Whether the service failed, and not its client. */
  readonly isOurs: boolean;
  /** When it sets the status of an answer: also where other parts of the answer are good, where the operation never ran, or where nothing else does. */
  readonly decides: "ALWAYS" | "UNLESS_RUN" | "LAST";
}

const client = (status: number | null, decides: CodeRule["decides"] = "LAST"): CodeRule => ({
  ...{ status, isPublic: true, isOurs: false, decides },
});
const service = (status: number): CodeRule => ({ status, isPublic: true, isOurs: true, decides: "ALWAYS" });

/** Codes that a DomainError can have. */
const DOMAIN_CODES = {
  BAD_USER_INPUT: client(400),
  NOT_FOUND: client(404),
  UNAUTHENTICATED: client(401, "UNLESS_RUN"),
  FORBIDDEN: client(403, "UNLESS_RUN"),
  CONFLICT: client(409),
  /** Over a limit of the service; the message states the limit and what was asked. One that time lifts is 429. */
  LIMIT_EXCEEDED: client(400, "UNLESS_RUN"),
  /** More than may be asked for within a minute; time lifts it. */
  RATE_LIMITED: client(429),
  /** Nothing was changed; the same request may succeed when sent again. */
  SERVICE_UNAVAILABLE: service(503),
  /** Took longer than the service lets a statement run. */
  TIMEOUT: service(504),
} satisfies Readonly<Record<string, CodeRule>>;

export type ErrorCode = keyof typeof DOMAIN_CODES;

/** A failure that nobody expected. */
export const INTERNAL = "INTERNAL_SERVER_ERROR";
export const INTERNAL_MESSAGE = "Something went wrong on our side";
const INTERNAL_RULE: CodeRule = { status: 500, isPublic: false, isOurs: true, decides: "LAST" };

/** Each code of an error in an answer. */
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

/** The rule of a code; a code that is not in the table is a failure that nobody expected. */
export const ruleOf = (code: unknown): CodeRule => CODES.get(String(code)) ?? INTERNAL_RULE;
