import type { ApolloServerPlugin } from "@apollo/server";
import {
  type ArgumentNode,
  BREAK,
  type DocumentNode,
  type FieldNode,
  getArgumentValues,
  getNamedType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLSchema,
  isInputObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from "graphql";
import { type Day, isDay } from "../../lib/time/date.ts";
import { parsePeriod } from "../../lib/time/period.ts";
import type { RequestContext } from "../../access/request-context.ts";
import { variablesOf } from "./variables.ts";

/**
 * A correction of past data must show soon. Ten seconds relieve the service of many clients at one page; afterwards a cache revalidates, which costs one statement and no
 * body if nothing has changed.
 */
const PAST = "public, max-age=10, must-revalidate";

/** Anonymous responses about past days only are cacheable; all others, and responses with errors, are `no-store`. */
export const publicCaching = (): ApolloServerPlugin<RequestContext> => ({
  requestDidStart: async ({ request: { http }, contextValue: { viewer, isProvenRouter, today } }) => {
    if (http?.method !== "GET" || http.headers.has("authorization") || viewer || isProvenRouter) return undefined;
    let isPast = false;
    return {
      didResolveOperation: async ({ schema, document, request: { variables } }) => {
        isPast = isOfPast(schema, document, variables ?? {}, today);
      },
      willSendResponse: async ({ response: { body, http: answer } }) => {
        if (isPast && body.kind === "single" && body.singleResult.data && !body.singleResult.errors?.length)
          answer.headers.set("cache-control", PAST);
      },
    };
  },
});

/** True if each root field has a day, and every day, period and year in the document is given and past. */
export const isOfPast = (schema: GraphQLSchema, document: DocumentNode, given: Readonly<Record<string, unknown>>, today: Day): boolean => {
  const [operation, ...others] = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION) as OperationDefinitionNode[];
  if (operation?.operation !== OperationTypeNode.QUERY || others.length > 0) return false;
  const variables = variablesOf(schema, operation, given);
  if (!variables) return false;
  let isPast = true;
  let isDated = false;
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: (node) => {
        const field = info.getFieldDef();
        if (node.name.value === "__typename") return undefined;
        const isTop = info.getParentType() === schema.getQueryType();
        isDated ||= isTop;
        isPast &&= field != null && isFieldOfPast(field, node, { variables, today, isTop });
        return isPast ? undefined : BREAK;
      },
    }),
  );
  return isPast && isDated;
};

interface Asked {
  readonly variables: Record<string, unknown>;
  readonly today: Day;
  /** A root field without a day is as of today. */
  readonly isTop: boolean;
}

const isFieldOfPast = (field: GraphQLField<unknown, unknown>, node: FieldNode, { variables, today, isTop }: Asked): boolean => {
  if (isTop && !field.args.some((arg) => getNamedType(arg.type).name === "Date")) return false;
  const values = valuesOf(field, node, variables);
  return values !== null && field.args.every((arg) => isArgumentOfPast(arg, values[arg.name], today));
};

const valuesOf = (
  field: GraphQLField<unknown, unknown>,
  node: FieldNode & { readonly arguments?: readonly ArgumentNode[] },
  variables: Record<string, unknown>,
) => {
  try {
    return getArgumentValues(field, node, variables);
  } catch {
    return null;
  }
};

const isArgumentOfPast = ({ name, type }: GraphQLArgument, value: unknown, today: Day): boolean => {
  const named = getNamedType(type);
  if (named.name === "Date") return typeof value === "string" && isDay(value) && value < today;
  if (named.name === "Period") return typeof value === "string" && isPeriodOfPast(value, today);
  if (name === "year") return typeof value === "number" && value < Number(today.slice(0, 4));
  return value == null || (named.name !== "DateTime" && !isInputObjectType(named));
};

const isPeriodOfPast = (text: string, today: Day): boolean => {
  try {
    return parsePeriod("period", text).to < today;
  } catch {
    return false;
  }
};
