import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginInlineTraceDisabled } from "@apollo/server/plugin/disabled";
import { ApolloServerPluginLandingPageDisabled } from "@apollo/server/plugin/disabled";
import type { GraphQLSchema } from "graphql";
import type { Context } from "./context.ts";
import { compiledExecution } from "./executor.ts";
import { formatError } from "./format-error.ts";

/** The GraphQL side of the service, whatever schema it serves and whatever HTTP framework carries it. */
export const createApollo = (schema: GraphQLSchema, plugins: readonly ApolloServerPlugin<Context>[] = []): ApolloServer<Context> =>
  new ApolloServer<Context>({
    gateway: compiledExecution(schema),
    formatError,
    introspection: true,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    plugins: [
      // It instruments every field, which doubles the time of a large answer.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ...plugins,
    ],
  });
