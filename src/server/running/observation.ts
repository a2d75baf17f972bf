import type { ApolloServerPlugin, GraphQLRequestContext } from "@apollo/server";
import { type DocumentNode, getOperationAST, GraphQLError, parse, print } from "graphql";
import type { FastifyRequest } from "fastify";
import type { Logger } from "pino";
import type { RequestContext } from "../../access/request-context.ts";
import { causeOf } from "../../graphql/execution/format-error.ts";
import { INTERNAL, INTERNAL_MESSAGE } from "../../lib/error-codes.ts";
import { type OperationSpan, startSpan } from "./telemetry.ts";

export interface Observation {
  /** Operation name of the client; null if none was run. */
  operation: string | null;
  /** The same name for our own documents, otherwise `other`; `none` if no operation was run. */
  label: string;
  statements: number;
  cost: unknown;
  readonly codes: Set<string>;
}

const observations = new WeakMap<object, Observation>();

export const observationOf = (key: object): Observation => {
  const found = observations.get(key);
  if (found) return found;
  const made = { operation: null, label: "none", statements: 0, cost: null, codes: new Set<string>() };
  observations.set(key, made);
  return made;
};

/** Creates the context of a request and observes it. Its unexpected errors are hidden from the client like later ones. */
export const observed = async <C extends Pick<RequestContext, "session">>(
  request: FastifyRequest,
  log: Logger,
  make: () => C | Promise<C>,
): Promise<C> => {
  try {
    const context = await make();
    observations.set(context.session, observationOf(request));
    return context;
  } catch (error) {
    if (error instanceof GraphQLError) throw error;
    logError(log, error, request.id);
    throw new GraphQLError(INTERNAL_MESSAGE, { extensions: { code: INTERNAL } });
  }
};

export type Labels = (name: string | null, document: DocumentNode, hash: string) => string;

const MAX_HASHES = 1000;

/** Names of operations that clients cannot choose: only those of exactly the given documents. */
export const labelsOf = (texts: readonly string[]): Labels => {
  const own = new Map(
    texts.map((text) => {
      const document = parse(text);
      return [getOperationAST(document)?.name?.value ?? null, print(document)];
    }),
  );
  const byHash = new Map<string, string>();
  return (name, document, hash) => {
    if (name === null || !own.has(name)) return "other";
    const found = byHash.get(hash);
    if (found !== undefined) return found;
    const label = own.get(name) === print(document) ? name : "other";
    if (byHash.size >= MAX_HASHES) byHash.clear();
    byHash.set(hash, label);
    return label;
  };
};

/** Allows every operation name if only trusted documents are answered. */
export const trustedLabels: Labels = (name) => name ?? "other";

const LONGEST_NAME = 80;

/** Names operations, opens their spans, logs internal errors, and returns the request id to the client. */
export const observeOperations = (labels: Labels, log: Logger): ApolloServerPlugin<RequestContext> => ({
  requestDidStart: async ({ contextValue: { session }, request }) => {
    const seen = observationOf(session);
    const requestId = request.http?.headers.get("x-request-id");
    let span: OperationSpan | null = null;
    return {
      didResolveOperation: async ({ operationName, operation, document, queryHash }) => {
        if (!operation) return;
        seen.operation = operationName?.slice(0, LONGEST_NAME) ?? "";
        seen.label = labels(operationName, document, queryHash);
        span = startSpan(seen.label, operation.operation, request.http?.headers ?? new Map());
        if (span.isRecording) session.around = span.around;
      },
      didEncounterErrors: async ({ errors }) => {
        for (const error of errors) logError(log, error, requestId);
      },
      willSendResponse: async ({ response }) => {
        if (response.body.kind !== "single") return;
        seen.statements = session.statements;
        summarize(seen, response.body.singleResult, requestId);
        span?.end(seen.codes);
      },
    };
  },
});

/** Logs unexpected errors; the others are for the client only. */
const logError = (log: Logger, error: unknown, requestId?: string): void => {
  const cause = causeOf(error);
  if (!(cause instanceof GraphQLError)) log.error({ err: cause, ...(requestId && { requestId }) }, "unexpected failure");
};

type Result = Extract<GraphQLRequestContext<RequestContext>["response"]["body"], { kind: "single" }>["singleResult"];

const summarize = (seen: Observation, result: Result, requestId: string | undefined): void => {
  seen.cost = result.extensions?.["cost"] ?? null;
  for (const { extensions } of result.errors ?? []) seen.codes.add(String(extensions?.["code"]));
  if (!requestId || !seen.codes.has(INTERNAL)) return;
  result.errors = result.errors!.map((error) =>
    error.extensions?.["code"] === INTERNAL ? { ...error, extensions: { ...error.extensions, requestId } } : error,
  );
};
