import type { GatewayExecutionResult } from "@apollo/server-gateway-interface";
import { GraphQLError } from "graphql";
import { contended } from "../../database/failure.ts";
import type { RequestContext } from "../../access/request-context.ts";

const ATTEMPTS = 3;

type HierarchyReader = Pick<RequestContext, "session" | "renew" | "revision">;
const isHierarchyReader = (context: object): context is HierarchyReader =>
  "revision" in context && "session" in context && "renew" in context;

/** Runs a query, and again if units changed meanwhile, so that its answer comes from one hierarchy. A query of one statement is consistent anyway. */
export const ofOneHierarchy = async (context: object, run: () => Promise<GatewayExecutionResult>): Promise<GatewayExecutionResult> => {
  if (!isHierarchyReader(context)) return run();
  const { session, revision } = context;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await revision.seen().catch(() => null);
    const sent = session.statements;
    const answer = await run();
    if (session.statements - sent < 2) return answer;
    try {
      if ((await revision.current()) === before) return answer;
    } catch (error) {
      if (error instanceof GraphQLError) return answer.errors ? answer : { errors: [error] };
      throw error;
    }
    context.renew();
  }
  return { errors: [contended()] };
};
