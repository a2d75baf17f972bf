import type { GatewayExecutionResult, GatewayExecutor, GatewayInterface } from "@apollo/server-gateway-interface";
import { mapSchema } from "@graphql-tools/utils";
import {
  type DocumentNode,
  execute,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
} from "graphql";
import { Reader } from "../../database/reader.ts";
import { clientFault } from "./client-fault.ts";
import { type Compiled, compilerOf } from "./compile.ts";
import { CompiledOperations } from "./compiled-operations.ts";
import { conditionVariables } from "./conditions.ts";
import { measure } from "../limits/measures.ts";
import { ofOneHierarchy } from "./one-hierarchy.ts";
import { variablesOf } from "./variables.ts";
import { TRACE_HEADER } from "../../access/router.ts";

/** Maximum number of selected fields in all compiled operations, of 2 kB each. */
const MAX_COMPILED = 50_000;
/** The text of a compiled operation is cached with it and counts as one field per this many characters; longer texts are not compiled. */
const FIELD_LENGTH = 500;
const LONGEST_COMPILED = 100_000;
const MAX_VARIANTS = 10_000;
const MAX_COERCION_ERRORS = 5;

interface ExecutionOptions {
  readonly traces: boolean;
}

type Request = Parameters<GatewayExecutor>[0];

/**
 * Runs queries as compiled functions, because graphql-js spends most of its time on the fields of a large answer. After an error the query runs again by graphql-js, whose
 * answer counts; loaders have then cached most reads.
 */
export const compiledExecution = (schema: GraphQLSchema, { traces }: ExecutionOptions): GatewayInterface => {
  // Apollo wraps every field of its schema permanently at the first trace, so untraced operations run on a copy.
  const apiSchema = traces ? mapSchema(schema) : schema;
  const compiledFor = compiledBy(schema);
  return {
    load: async () => ({
      executor: async (request) => {
        const operation = getOperationAST(request.document, request.request.operationName);
        if (operation && !schema.getRootType(operation.operation)) return { errors: [unsupported(operation)] };
        const isTraced = traces && request.request.http?.headers.get(TRACE_HEADER) === "ftv1";
        if (operation?.operation !== OperationTypeNode.QUERY) return plainly(isTraced ? apiSchema : schema, request);
        return ofOneHierarchy(request.context, async () => {
          if (isTraced) return plainly(apiSchema, request);
          const variables = variablesOf(schema, operation, request.request.variables);
          const data = variables && (await compiledFor(request, operation, variables)?.(request.context, variables));
          return data ? { data } : again(request.context, () => plainly(schema, request));
        });
      },
    }),
    onSchemaLoadOrUpdate: (callback) => {
      callback({ apiSchema, coreSupergraphSdl: "" });
      return () => {};
    },
    stop: async () => {},
  };
};

const again = <T>(context: object, run: () => Promise<T>): Promise<T> =>
  "session" in context && context.session instanceof Reader ? context.session.again(run) : run();

/** graphql-js also reports errors of the operation and its variables. */
const plainly = async (schema: GraphQLSchema, { document, request, context }: Request): Promise<GatewayExecutionResult> => {
  const { errors, ...answer } = await execute({
    ...{ schema, document, operationName: request.operationName ?? null, contextValue: context, variableValues: request.variables ?? {} },
    options: { maxCoercionErrors: MAX_COERCION_ERRORS },
  });
  return { ...(errors && { errors: errors.map(clientFault) }), ...answer };
};

/** Returns the compiled operation for the values of its conditions; null if graphql-js must run it. */
const compiledBy = (schema: GraphQLSchema) => {
  const compile = compilerOf(schema);
  const operations = new CompiledOperations<Compiled | null>(MAX_COMPILED);
  const variants = new CompiledOperations<true>(MAX_VARIANTS);
  return ({ document, queryHash }: Request, operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>) => {
    const length = lengthOf(document);
    if (length > LONGEST_COMPILED) return null;
    const values = conditionVariables(document, operation).map((name) => variables[name]);
    // Execution refuses null in a condition.
    if (values.some((value) => typeof value !== "boolean")) return null;
    const key = `${queryHash} ${document.definitions.indexOf(operation)} ${values.map(Number).join("")}`;
    let found = operations.get(key);
    if (found === undefined) {
      // n conditions have 2^n variants, and compiling takes longer than running once, so a variant is compiled at its second use.
      if (values.length > 0 && !variants.get(key)) return variants.keep(key, true, () => 1) ?? null;
      found = compile(document, operation, variables);
    }
    operations.keep(key, found, () => measure(document, operation).selections + Math.ceil(length / FIELD_LENGTH));
    return found;
  };
};

const lengthOf = ({ loc }: DocumentNode): number => loc?.source.body.length ?? 0;

const unsupported = ({ operation }: OperationDefinitionNode): GraphQLError =>
  new GraphQLError(`operation: "${operation}" is not accepted; this service answers queries`, { extensions: { code: "BAD_USER_INPUT" } });
