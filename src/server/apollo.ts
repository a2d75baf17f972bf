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

const MAX_ERRORS = 5;

export interface ApolloOptions<C extends object> extends Limits, Allowances<C> {
  readonly plugins: readonly ApolloServerPlugin<C>[];
  readonly introspection: boolean;
  readonly suggestions: boolean;
  /** Size in bytes of the cache of automatic persisted queries; 0 disables it. */
  readonly persistedQueries: number;
  /** True if the header `apollo-federation-include-trace` returns the duration of each field. */
  readonly traces: boolean;
}

export const apolloSettings = (env: Env) => ({
  ...env,
  suggestions: env.suggestions === "auto" ? !env.production : env.suggestions === "on",
  persistedQueries: env.trustedDocuments === null ? env.persistedQueries : 0,
  traces: env.gatewaySecret !== null,
});

/** An Apollo server for any schema and HTTP framework; missing options have defaults. */
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
    // Without the end of the line, which `wholeResponse` adds.
    stringifyResult: (result) => JSON.stringify(result),
    plugins: [
      // The plugin instruments every field, which doubles the time of a large answer.
      ApolloServerPluginCacheControlDisabled(),
      options.traces ? ApolloServerPluginInlineTrace() : ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      limitedValues<C>(options, { ...(longLists && { longLists }), ...(isRouter && { isRouter }) }),
      ...plugins,
      statusByCode<C>(),
    ],
  });
};
