import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginInlineTraceDisabled } from "@apollo/server/plugin/disabled";
import { ApolloServerPluginLandingPageDisabled } from "@apollo/server/plugin/disabled";
import { ApolloServerPluginInlineTrace } from "@apollo/server/plugin/inlineTrace";
import type { GraphQLSchema } from "graphql";
import { type Env, readEnv } from "./env.ts";
import { compiledExecution } from "../graphql/execution/executor.ts";
import { createFormatError } from "../graphql/execution/format-error.ts";
import { type Allowances, limitedValues, type Limits, limitsRule } from "../graphql/limits/limits.ts";
import { statusByCode } from "./http/status.ts";
import { TextCache } from "../graphql/execution/text-cache.ts";

/** Validation stops at this many errors. */
const MAX_ERRORS = 5;

export interface ApolloOptions<C extends object> extends Limits, Allowances<C> {
  readonly plugins: readonly ApolloServerPlugin<C>[];
  readonly introspection: boolean;
  /** Whether errors say what the client may have meant. */
  readonly suggestions: boolean;
  /** Bytes of the cache of automatic persisted queries; 0 is without any. */
  readonly persistedQueries: number;
  /** Whether a request with the header `apollo-federation-include-trace` is told how long each field took. */
  readonly traces: boolean;
}

/** What the settings say of it. */
export const apolloSettings = (env: Env) => ({
  ...env,
  suggestions: env.suggestions === "auto" ? !env.production : env.suggestions === "on",
  persistedQueries: env.trustedDocuments === null ? env.persistedQueries : 0,
  traces: env.gatewaySecret !== null,
});

/** The GraphQL side of the service, whatever schema it serves and whatever HTTP framework carries it. What is not given is as by default. */
export const createApollo = <C extends object>(schema: GraphQLSchema, given: Partial<ApolloOptions<C>> = {}): ApolloServer<C> => {
  const { plugins = [], longLists, isRouter, ...options } = { ...apolloSettings(readEnv({})), ...given };
  return new ApolloServer<C>({
    gateway: compiledExecution(schema, options),
    formatError: createFormatError(options),
    introspection: options.introspection,
    parseOptions: { maxTokens: options.maxTokens },
    validationRules: [limitsRule(options)],
    validationOptions: { maxErrors: MAX_ERRORS },
    persistedQueries: options.persistedQueries > 0 && {
      cache: new TextCache(options.persistedQueries),
      ttl: null,
    },
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    plugins: [
      // It instruments every field, which doubles the time of a large answer.
      ApolloServerPluginCacheControlDisabled(),
      options.traces ? ApolloServerPluginInlineTrace() : ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      limitedValues<C>(options, { ...(longLists && { longLists }), ...(isRouter && { isRouter }) }),
      ...plugins,
      statusByCode<C>(),
    ],
  });
};
