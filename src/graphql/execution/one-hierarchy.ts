import type { GatewayExecutionResult } from "@apollo/server-gateway-interface";
import { GraphQLError, type GraphQLFieldResolver } from "graphql";
import { contended } from "../../database/failure.ts";
import type { RequestContext } from "../../access/request-context.ts";
import { UnitsMeanwhile } from "../../hierarchy/request-hierarchy.ts";

const ATTEMPTS = 3;

type HierarchyReader = Pick<RequestContext, "session" | "renew" | "hierarchy">;
const isHierarchyReader = (context: object): context is HierarchyReader =>
  "hierarchy" in context && "session" in context && "renew" in context;

type Run = () => Promise<GatewayExecutionResult>;

/**
 * Runs a query on the hierarchy in memory, and again on a newer one if the units changed meanwhile. Statements that can do so read the version of the units, too; otherwise
 * it is read after all else: if it were read beside the other statements, one of them could still see units that changed after it.
 */
export const ofOneHierarchy = async (context: object, run: Run): Promise<GatewayExecutionResult> => {
  if (!isHierarchyReader(context)) return run();
  const { session, hierarchy } = context;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const sent = session.statements;
    const answer = await (attempt === 0 ? hierarchy.takeLatest() : hierarchy.load()).then(run, failed);
    const statements = session.statements - sent;
    if (!hierarchy.isUsed && statements === 0) return answer;
    const isPresent = await hierarchy.isPresent(statements).catch(failed);
    if (isPresent === true) return answer;
    if (isPresent !== false) return answer.errors ? answer : isPresent;
    context.renew();
  }
  return { errors: [contended()] };
};

type Resolve = GraphQLFieldResolver<unknown, RequestContext>;

/**
 * Works a change out on the units that the database has now, and again if they change before it is written, which then has stored nothing.
 * @param isLate true if it reads the version of the units itself, where it uses them at all
 */
export const onPresentUnits =
  (resolve: Resolve, isLate: boolean): Resolve =>
  async (source, args, context, info) => {
    for (let attempt = 1; ; attempt++) {
      context.renew();
      if (!isLate) await context.hierarchy.load();
      try {
        return await resolve(source, args, context, info);
      } catch (error) {
        if (!(error instanceof UnitsMeanwhile) || attempt === ATTEMPTS) throw error;
      }
    }
  };

const failed = (error: unknown): GatewayExecutionResult => {
  if (error instanceof GraphQLError) return { errors: [error] };
  throw error;
};
