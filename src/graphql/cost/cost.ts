import type { ApolloServerPlugin, GraphQLRequestContextDidResolveOperation } from "@apollo/server";
import { type FragmentDefinitionNode, Kind } from "graphql";
import { getVariableValues } from "graphql/execution/values.js";
import { DomainError } from "../../lib/errors.ts";
import type { RequestContext } from "../../access/request-context.ts";
import type { Module } from "../../module/module.ts";
import { costTableOf } from "./fields.ts";
import { requestedBy } from "./estimates.ts";
import type { Asked } from "./selection.ts";
import type { CostBudget } from "./cost-budget.ts";

export interface Cost {
  readonly requested: number;
  readonly maximum: number;
}

export interface CostOptions {
  readonly maxCost: number;
  readonly modules: readonly Module[];
  readonly budget?: CostBudget;
}

/** Estimates the rows that an operation may read before it runs, refuses it above the limit, and returns both numbers in the answer. */
export const costPlugin = ({ maxCost: maximum, modules, budget }: CostOptions): ApolloServerPlugin<RequestContext> => {
  const costs = costTableOf(modules);
  return {
    requestDidStart: async () => {
      let cost: Cost | null = null;
      return {
        didResolveOperation: async (request) => {
          const asked = askedOf(request);
          if (!asked) return;
          const { hierarchy, today, address } = request.contextValue;
          hierarchy.check = (present) => {
            cost = { requested: requestedBy(request.document, asked, { hierarchy: present, today, costs }), maximum };
            if (cost.requested > maximum) throw overLimit(cost);
          };
          await hierarchy.takeLatest();
          if (address !== null) await budget?.spend(address, cost!.requested);
        },
        willSendResponse: async ({ response: { body } }) => {
          if (cost && body.kind === "single") body.singleResult.extensions = { ...body.singleResult.extensions, cost };
        },
      };
    },
  };
};

const overLimit = (cost: Cost): DomainError =>
  new DomainError(
    "LIMIT_EXCEEDED",
    `This operation may read ${cost.requested} rows; the maximum is ${cost.maximum}. Request fewer units, lists or periods at once`,
    { ...cost, http: { status: 400 } },
  );

/** Apollo also resolves operations that it did not find, although its types exclude this. */
type Request = Omit<GraphQLRequestContextDidResolveOperation<RequestContext>, "operation"> &
  Partial<Pick<GraphQLRequestContextDidResolveOperation<RequestContext>, "operation">>;

/** Null for operations that execution refuses at any cost. */
const askedOf = ({ schema, document, operation, request }: Request): Asked | null => {
  if (!operation) return null;
  const { coerced: variables } = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables ?? {}, { maxErrors: 1 });
  if (!variables) return null;
  const definitions = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION) as FragmentDefinitionNode[];
  return { schema, operation, variables, fragments: new Map(definitions.map((fragment) => [fragment.name.value, fragment])) };
};
