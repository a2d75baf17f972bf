import { ApolloServer, type ApolloServerOptions, type BaseContext } from "@apollo/server";
import {
  type CreateServerForIntegrationTests,
  type CreateServerForIntegrationTestsOptions,
  defineIntegrationTestSuite,
} from "@apollo/server-integration-testsuite";
import type { AddressInfo } from "node:net";
import { createHttp } from "../../../src/server/http/http.ts";

const createServer = async (given: unknown, options?: CreateServerForIntegrationTestsOptions) => {
  const server = new ApolloServer(given as ApolloServerOptions<BaseContext>);
  await server.start();
  const app = await createHttp(server, {
    context: async () => (await options?.context?.()) ?? {},
    // It asks at several addresses.
    path: "*",
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  return {
    server,
    url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/`,
    extraCleanup: async () => {
      await app.close();
    },
  };
};

// The suite has its own copy of the server, with types of its own.
defineIntegrationTestSuite(createServer as unknown as CreateServerForIntegrationTests, { noIncrementalDelivery: true });
