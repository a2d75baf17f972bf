import type { GatewayExecutor, GatewayInterface } from "@apollo/server-gateway-interface";
import { mapSchema } from "@graphql-tools/utils";
import { execute, getOperationAST, GraphQLError, type GraphQLSchema, type OperationDefinitionNode, OperationTypeNode } from "graphql";
import { getVariableValues } from "graphql/execution/values.js";
import { compileQuery, isCompiledQuery } from "graphql-jit";
import { CompiledOperations } from "./compiled-operations.ts";
import { measure } from "../limits/measures.ts";
import { ofOneState } from "./one-state.ts";
import { TRACE_HEADER } from "../http/router.ts";

/** Selected fields of the compiled operations that are kept: 2 kB each. Operations that were not asked for longest make room. */
const MAX_COMPILED = 50_000;
/** What is compiled keeps its text, which weighs as much as a field by so many characters; longer ones are compiled anew each time. */
const FIELD_LENGTH = 500;
const LONGEST_KEPT = 100_000;
/** Variables beyond this many errors are not looked at. */
const MAX_COERCION_ERRORS = 5;

interface ExecutionOptions {
  /** Whether a request with the header of a trace is told how long each field took. */
  readonly traces: boolean;
}

/** Runs operations as compiled functions: on a large answer graphql-js spends most of its time on the fields between the data. */
export const compiledExecution = (schema: GraphQLSchema, { traces }: ExecutionOptions): GatewayInterface => {
  // Apollo wraps every field of its schema with the first trace, and for good: what runs untraced is another schema.
  const apiSchema = traces ? mapSchema(schema) : schema;
  const compiled = executorOf(schema);
  return {
    load: async () => ({
      executor: async (request) => {
        const isTraced = traces && request.request.http?.headers.get(TRACE_HEADER) === "ftv1";
        const run = async () => (isTraced ? traced(apiSchema, request) : compiled(request));
        return getOperationAST(request.document, request.operationName)?.operation === OperationTypeNode.QUERY
          ? ofOneState(request.context, run)
          : run();
      },
    }),
    onSchemaLoadOrUpdate: (callback) => {
      callback({ apiSchema, coreSupergraphSdl: "" });
      return () => {};
    },
    stop: async () => {},
  };
};

const traced = async (schema: GraphQLSchema, { document, request, context }: Parameters<GatewayExecutor>[0]) =>
  execute({
    ...{ schema, document, operationName: request.operationName ?? null, contextValue: context, variableValues: request.variables ?? {} },
    options: { maxCoercionErrors: MAX_COERCION_ERRORS },
  });

const executorOf = (schema: GraphQLSchema): GatewayExecutor => {
  const compiled = new CompiledOperations(MAX_COMPILED);
  return async ({ document, queryHash, request, context }) => {
    // Apollo's own is null where no operation has the name that was asked for.
    const { operationName } = request;
    const operation = getOperationAST(document, operationName);
    if (!operation) return { errors: [unknownOperation(operationName)] };
    if (!schema.getRootType(operation.operation)) return { errors: [unsupported(operation)] };
    const key = `${queryHash} ${operationName ?? ""}`;
    const found = compiled.get(key) ?? compileQuery(schema, document, operationName ?? undefined);
    if (!isCompiledQuery(found)) return found;
    const length = document.loc?.source.body.length ?? 0;
    if (length <= LONGEST_KEPT) compiled.keep(key, found, () => measure(document, operation).selections + Math.ceil(length / FIELD_LENGTH));
    const definitions = operation.variableDefinitions ?? [];
    const variables = request.variables ?? {};
    const { errors: refused, coerced } = getVariableValues(schema, definitions, variables, { maxErrors: MAX_COERCION_ERRORS });
    if (refused) return { errors: refused };
    // Compiled code does not know the defaults of what must not be null, and takes what has been coerced as it is.
    const { data, errors } = await found.query(undefined, context, coerced);
    return errors ? { data: data ?? null, errors: errors.map(asGraphQLError) } : { data: data ?? null };
  };
};

const unknownOperation = (name: string | null | undefined): GraphQLError =>
  new GraphQLError(
    name == null ? "Must provide operation name if query contains multiple operations." : `Unknown operation named "${name}".`,
  );

const unsupported = ({ operation }: OperationDefinitionNode): GraphQLError =>
  new GraphQLError(`operation: "${operation}" is not accepted; this service answers queries`, { extensions: { code: "BAD_USER_INPUT" } });

/** Errors of compiled code are not of graphql-js's class, and carry no extensions of what a resolver threw. */
const asGraphQLError = (error: GraphQLError): GraphQLError => {
  const { message, nodes, path, originalError } = error;
  // Null in a variable is found out only where an argument that must not be null takes it.
  const refused = !originalError && message.startsWith("Argument ") ? { code: "BAD_USER_INPUT" } : error.extensions;
  const extensions = originalError instanceof GraphQLError ? originalError.extensions : refused;
  return new GraphQLError(message, { ...(nodes && { nodes }), ...(path && { path }), ...(originalError && { originalError }), extensions });
};
