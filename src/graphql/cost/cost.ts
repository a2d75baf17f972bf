import type { ApolloServerPlugin } from "@apollo/server";
import { type DocumentNode, type FragmentDefinitionNode, Kind } from "graphql";
import { DomainError } from "../../lib/errors.ts";
import type { RequestContext } from "../../access/request-context.ts";
import type { Module } from "../../module/module.ts";
import { costTableOf } from "./fields.ts";
import { variablesOf } from "../execution/variables.ts";
import { requestedBy } from "./estimates.ts";
import type { CostBudget } from "./cost-budget.ts";

interface CostOptions {
  readonly maxCost: number;
  readonly modules: readonly Module[];
  readonly budget?: CostBudget;
}

/** Estimates the rows that an operation may read before it runs, refuses it above the limit, and returns both numbers in the answer. */
export const costPlugin = ({ maxCost: maximum, modules, budget }: CostOptions): ApolloServerPlugin<RequestContext> => {
  const costs = costTableOf(modules);
  return {
    requestDidStart: async () => {
      let cost: { readonly requested: number; readonly maximum: number } | null = null;
      return {
        didResolveOperation: async (request) => {
          const { schema, document, operation, contextValue } = request;
          const variableValues = operation && variablesOf(schema, operation, request.request.variables);
          // Execution refuses it at any cost.
          if (!variableValues) return;
          const asked = { schema, operation, fragments: fragmentsOf(document), variableValues };
          const { hierarchy, today, address } = contextValue;
          hierarchy.check = (present) => {
            cost = { requested: requestedBy(document, asked, { hierarchy: present, today, costs }), maximum };
            if (cost.requested > maximum) throw overLimit(cost.requested, maximum);
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

type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;
const fragments = new WeakMap<DocumentNode, Fragments>();

const fragmentsOf = (document: DocumentNode): Fragments => {
  const found = fragments.get(document);
  if (found) return found;
  const made = Object.create(null) as Record<string, FragmentDefinitionNode>;
  for (const one of document.definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) made[one.name.value] = one;
  fragments.set(document, made);
  return made;
};

const overLimit = (requested: number, maximum: number): DomainError =>
  new DomainError(
    "LIMIT_EXCEEDED",
    `This operation may read ${requested} rows; the maximum is ${maximum}. Request fewer units, lists or periods at once`,
    { requested, maximum, http: { status: 400 } },
  );
