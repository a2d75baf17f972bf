import { composeServices } from "@apollo/composition";
import { ApolloGateway, RemoteGraphQLDataSource } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { getStitchedSchemaFromSupergraphSdl } from "@graphql-tools/federation";
import { composeServices as composeIndependently } from "@theguild/federation-composition";
import { type DocumentNode, parse } from "graphql";
import { type Posted, post } from "../../support/post.ts";

export interface ComposedGraph {
  readonly name: string;
  readonly url: string;
  readonly sdl: string;
}

/** A graph of graphs, really running. */
export interface Router {
  ask(query: string, variables?: object, bearer?: string): Promise<Posted["body"]>;
  close(): Promise<void>;
}

/** What a client sends along reaches the graphs, with the router's secret. */
interface Sent {
  readonly authorization: string | undefined;
}
const headersOf = ({ authorization }: Partial<Sent>, secret: string): Record<string, string> => ({
  "x-gateway-secret": secret,
  ...(authorization !== undefined && { authorization }),
});

type Served = ConstructorParameters<typeof ApolloServer<Sent>>[0];
const serve = async (what: Served): Promise<Router> => {
  const server = new ApolloServer<Sent>({ ...what, stopOnTerminationSignals: false });
  const context = async ({ req }: { req: { headers: { authorization?: string | undefined } } }): Promise<Sent> => ({
    authorization: req.headers.authorization,
  });
  const { url } = await startStandaloneServer(server, { listen: { host: "127.0.0.1", port: 0 }, context });
  return {
    ask: async (query, variables = {}, bearer) =>
      (await post(url, { query, variables }, bearer === undefined ? {} : { authorization: `Bearer ${bearer}` })).body,
    close: () => server.stop(),
  };
};

const parsed = (graphs: readonly ComposedGraph[]): { name: string; url: string; typeDefs: DocumentNode }[] =>
  graphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) }));

/** The supergraph as Apollo composes it, and the codes of its hints with the elements that they speak of. */
export const composeByApollo = (graphs: readonly ComposedGraph[]) => {
  const { supergraphSdl, hints, errors } = composeServices(parsed(graphs));
  return {
    supergraphSdl,
    errors: (errors ?? []).map(({ message }) => message),
    hints: (hints ?? []).map(({ definition, coordinate }) => `${definition.code} ${coordinate ?? ""}`),
  };
};

export const composeByGuild = (graphs: readonly ComposedGraph[]) => {
  const { supergraphSdl, errors } = composeIndependently(parsed(graphs));
  return { supergraphSdl, errors: (errors ?? []).map(({ message }) => message) };
};

/** Plans as Apollo does. */
export const startApolloRouter = (graphs: readonly ComposedGraph[], secret: string): Promise<Router> => {
  const gateway = new ApolloGateway({
    supergraphSdl: composeByApollo(graphs).supergraphSdl!,
    buildService: ({ url }) =>
      new RemoteGraphQLDataSource<Partial<Sent>>({
        url: url!,
        // Its own sends on connections that the graphs have closed meanwhile.
        fetcher: (address, init) => fetch(address, init),
        willSendRequest: ({ request, context }) => {
          for (const [name, value] of Object.entries(headersOf(context, secret))) request.http!.headers.set(name, value);
        },
      }),
  });
  return serve({ gateway });
};

/** Plans by its own reckoning, as a schema stitched of the graphs; composed independently, too. */
export const startStitchingRouter = (graphs: readonly ComposedGraph[], secret: string): Promise<Router> =>
  serve({
    schema: getStitchedSchemaFromSupergraphSdl({
      supergraphSdl: composeByGuild(graphs).supergraphSdl!,
      httpExecutorOpts: { headers: (request) => headersOf((request?.context ?? {}) as Partial<Sent>, secret) },
      batch: true,
    }),
  });
