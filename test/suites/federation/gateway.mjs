import { ApolloGateway, IntrospectAndCompose } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";

/** Composes the subgraphs of its arguments, `name=url`, and says its port when it listens. */
const subgraphs = process.argv.slice(2).map((one) => ({ name: one.split("=")[0], url: one.slice(one.indexOf("=") + 1) }));
const gateway = new ApolloGateway({ supergraphSdl: new IntrospectAndCompose({ subgraphs }) });
const server = new ApolloServer({ gateway, csrfPrevention: false });
const { url } = await startStandaloneServer(server, { listen: { host: "127.0.0.1", port: 0 } });
process.send({ port: Number(new URL(url).port) });
