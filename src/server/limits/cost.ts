import type { ApolloServerPlugin, GraphQLRequestContextDidResolveOperation } from "@apollo/server";
import { type DocumentNode, type FragmentDefinitionNode, Kind } from "graphql";
import { getVariableValues } from "graphql/execution/values.js";
import { DomainError } from "../../errors.ts";
import type { Hierarchy } from "../../units/hierarchy.ts";
import type { CurrentHierarchy } from "../../units/hierarchy-size.ts";
import type { Day } from "../../time/date.ts";
import type { Context } from "../context.ts";
import type { Asked } from "./cost/selection.ts";
import type { CostBudget } from "./cost-budget.ts";
import { Effort } from "./cost/unit-set.ts";
import { rowsOf } from "./cost/walk.ts";

/** An estimate ends after looking at this many units: a tenth of a second at most. What takes longer is refused like what reads too much. */
const EFFORT = 1_000_000;

/** What `extensions.cost` states, in rows. */
export interface Cost {
  /** That the operation may read. */
  readonly requested: number;
  /** That one operation may read. */
  readonly maximum: number;
}

export interface CostOptions {
  readonly maxCost: number;
  readonly hierarchy: CurrentHierarchy;
  /** What an address without a key may ask for. */
  readonly budget?: CostBudget;
}

/** Estimates the rows that an operation may read before it runs, refuses what is over the limit, and states both numbers in the answer. */
export const costPlugin = ({ maxCost: maximum, hierarchy, budget }: CostOptions): ApolloServerPlugin<Context> => ({
  requestDidStart: async () => {
    let cost: Cost | null = null;
    return {
      didResolveOperation: async (request) => {
        const asked = askedOf(request);
        if (!asked) return;
        const requested = await requestedBy(request.document, asked, request.contextValue, hierarchy);
        cost = { requested, maximum };
        if (requested > maximum) throw overLimit(cost);
        const { address } = request.contextValue;
        if (address !== null) await budget?.spend(address, requested);
      },
      willSendResponse: async ({ response: { body } }) => {
        if (cost && body.kind === "single") body.singleResult.extensions = { ...body.singleResult.extensions, cost };
      },
    };
  },
});

const overLimit = (cost: Cost): DomainError =>
  new DomainError(
    "LIMIT_EXCEEDED",
    `This operation may read ${cost.requested} rows; accepted are at most ${cost.maximum}. Ask for fewer units, lists or periods at once`,
    { ...cost, http: { status: 400 } },
  );

/** Apollo resolves operations that it did not find, too, whatever its types say. */
type Request = Omit<GraphQLRequestContextDidResolveOperation<Context>, "operation"> &
  Partial<Pick<GraphQLRequestContextDidResolveOperation<Context>, "operation">>;

/** Null for what execution refuses whatever its cost. */
const askedOf = ({ schema, document, operation, request }: Request): Asked | null => {
  if (!operation) return null;
  const { coerced: variables } = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables ?? {}, { maxErrors: 1 });
  if (!variables) return null;
  const definitions = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION) as FragmentDefinitionNode[];
  return { schema, operation, variables, fragments: new Map(definitions.map((fragment) => [fragment.name.value, fragment])) };
};

class Unknown extends Error {}

/** Estimates of one document with one hierarchy on one day: by the name of the operation and the values of its variables. */
interface Estimates {
  readonly hierarchy: Hierarchy | null;
  readonly today: Day;
  readonly rows: Map<string, number>;
}

/** Of a document so many are kept: those who send other values each time find none of theirs. */
const MOST_ESTIMATES = 50;
const LONGEST_NAME = 500;
const estimates = new WeakMap<DocumentNode, Estimates>();

/** The same document is asked again and again, and as often with the same values. */
const requestedBy = async (document: DocumentNode, asked: Asked, { today }: Context, current: CurrentHierarchy): Promise<number> => {
  const name = nameOf(asked);
  if (name === null) return estimated(asked, today, current);
  const known = estimates.get(document);
  const isOfNow = known?.today === today && known.hierarchy === current.known();
  const before = isOfNow ? known.rows.get(name) : undefined;
  if (before !== undefined) return before;
  const rows = await estimated(asked, today, current);
  const kept = estimates.get(document);
  const hierarchy = current.known();
  const of = kept?.today === today && kept.hierarchy === hierarchy ? kept : { hierarchy, today, rows: new Map<string, number>() };
  if (of.rows.size < MOST_ESTIMATES) of.rows.set(name, rows);
  estimates.set(document, of);
  return rows;
};

const SIMPLE: ReadonlySet<string> = new Set(["string", "number", "boolean"]);

/** Null where the values are lists, objects or long, which takes as long to write down as to estimate. */
const nameOf = ({ operation, variables }: Asked): string | null => {
  const values = Object.entries(variables);
  if (!values.every(([, value]) => value === null || SIMPLE.has(typeof value))) return null;
  const name = JSON.stringify([operation.name?.value, values]);
  return name.length <= LONGEST_NAME ? name : null;
};

/** Most operations are estimated at once; one that is the first to need the hierarchy waits for it, and is then estimated. */
const estimated = async (asked: Asked, today: Day, current: CurrentHierarchy): Promise<number> => {
  let hierarchy = current.known();
  const estimate = () =>
    rowsOf(asked, {
      get hierarchy(): Hierarchy {
        if (!hierarchy) throw new Unknown();
        return hierarchy;
      },
      today,
      effort: new Effort(EFFORT),
    });
  try {
    return estimate();
  } catch (error) {
    if (!(error instanceof Unknown)) throw error;
    hierarchy = await current.read();
    return estimate();
  }
};
