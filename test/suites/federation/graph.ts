import { startService, type TestService } from "../../support/client.ts";
import { post } from "../../support/post.ts";
import { type Neighbour, startArchive, startOffices, startStatistics } from "./neighbours.ts";
import { type ComposedGraph, type Router, startApolloRouter, startStitchingRouter } from "./routers.ts";

export const SECRET = "the secret of a router";

/** Our service, the graphs beside it, and a router of each make in front of all of them. */
export interface WholeGraph {
  readonly service: TestService;
  readonly graphs: readonly ComposedGraph[];
  readonly neighbours: Readonly<Record<"offices" | "statistics" | "archive", Neighbour>>;
  readonly routers: Readonly<Record<RouterName, Router>>;
  close(): Promise<void>;
}

export const ROUTERS = ["Apollo's planner", "an independent planner"] as const;
export type RouterName = (typeof ROUTERS)[number];

export const startWholeGraph = async (): Promise<WholeGraph> => {
  const service = await startService("SEEDED", { gatewaySecret: SECRET });
  const { body } = await post(service.server.url, { query: "{ _service { sdl } }" }, { "x-gateway-secret": SECRET });
  const { sdl } = (body.data as { _service: { sdl: string } })._service;
  const [offices, statistics, archive] = await Promise.all([startOffices(), startStatistics(), startArchive()]);
  const graphs = [{ name: "cchc", url: service.server.url, sdl }, offices, statistics, archive];
  const routers = {
    "Apollo's planner": await startApolloRouter(graphs, SECRET),
    "an independent planner": await startStitchingRouter(graphs, SECRET),
  };
  return {
    ...{ service, graphs, neighbours: { offices, statistics, archive }, routers },
    close: async () => {
      for (const one of [...Object.values(routers), offices, statistics, archive, service]) await one.close();
    },
  };
};
