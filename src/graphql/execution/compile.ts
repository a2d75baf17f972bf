import { MapperKind, mapSchema } from "@graphql-tools/utils";
import {
  defaultFieldResolver,
  defaultTypeResolver,
  type DocumentNode,
  getNullableType,
  type GraphQLAbstractType,
  type GraphQLFieldResolver,
  GraphQLInterfaceType,
  type GraphQLIsTypeOfFn,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  type GraphQLTypeResolver,
  GraphQLUnionType,
  isListType,
  isScalarType,
  isSpecifiedScalarType,
  type OperationDefinitionNode,
} from "graphql";
import { compileQuery, isCompiledQuery } from "graphql-jit";
import { unconditional } from "./unconditional.ts";

type Variables = Readonly<Record<string, unknown>>;

/** Returns the data of a successful operation; null after any error, which graphql-js then reports. */
export type Compiled = (context: unknown, variables: Variables) => Promise<Record<string, unknown> | null>;

export type Compile = (document: DocumentNode, operation: OperationDefinitionNode, variables: Variables) => Compiled | null;

/** graphql-js has already coerced the arguments, so compiled code must not coerce them again. */
const VALUE = new GraphQLScalarType({ name: "ArgumentValue__" });

/**
 * Compiles queries for each combination of their conditions; null leaves a query to graphql-js. graphql-jit must receive only names from clients, because it writes
 * argument values into its code, where some texts would run. It also drops fields if a fragment is reached twice under conditions, and reports errors differently.
 */
export const compilerOf = (schema: GraphQLSchema): Compile => {
  const ready = guard(schema);
  const customSerializers = Object.fromEntries(
    Object.values(schema.getTypeMap()).flatMap((type) =>
      isScalarType(type) && !isSpecifiedScalarType(type) ? [[type.name, serializerOf(type)] as const] : [],
    ),
  );
  return (document, operation, variables) => {
    const copy = unconditional(schema, document, operation, { variables, type: VALUE.name });
    if (!copy) return null;
    const options = { customSerializers, disablingCapturingStackErrors: true };
    const compiled = compileQuery(ready, copy.document, undefined, options);
    if (!isCompiledQuery(compiled)) return null;
    return async (context, asked) => {
      try {
        const { data, errors } = await compiled.query(undefined, context, copy.values(asked));
        return errors ? null : (data ?? null);
      } catch {
        return null;
      }
    };
  };
};

/** Wraps the schema, because compiled code trusts the results of resolvers and type resolvers. */
const guard = (schema: GraphQLSchema): GraphQLSchema => {
  const mapped = mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (field) => {
      const resolve = field.resolve ?? (isListType(getNullableType(field.type)) ? defaultFieldResolver : undefined);
      return resolve ? { ...field, resolve: caught(resolve) } : field;
    },
    [MapperKind.OBJECT_TYPE]: (type) => new GraphQLObjectType({ ...type.toConfig(), isTypeOf: objectOf(type.isTypeOf) }),
    [MapperKind.UNION_TYPE]: (type) => new GraphQLUnionType({ ...type.toConfig(), resolveType: nameOfType(schema, type) }),
    [MapperKind.INTERFACE_TYPE]: (type) => new GraphQLInterfaceType({ ...type.toConfig(), resolveType: nameOfType(schema, type) }),
  });
  const config = mapped.toConfig();
  return new GraphQLSchema({ ...config, types: [...config.types, VALUE] });
};

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  (typeof value === "object" || typeof value === "function") && typeof (value as PromiseLike<unknown> | null)?.then === "function";

const caught =
  (resolve: GraphQLFieldResolver<unknown, unknown>): GraphQLFieldResolver<unknown, unknown> =>
  (source, args, context, info) =>
    guarded(resolve(source, args, context, info));

const guarded = (result: unknown): unknown => {
  if (Array.isArray(result)) return result.some((item) => isPromise(item) || Array.isArray(item)) ? result.map(guarded) : result;
  return isPromise(result) ? new Caught(result) : result;
};

/** An error in compiled code after a promise would end the process without an answer. A class is used, because creating closures for each object is slower than all else. */
class Caught {
  readonly #result: PromiseLike<unknown>;

  constructor(result: PromiseLike<unknown>) {
    this.#result = result;
  }

  /* oxlint-disable unicorn/no-thenable, promise/always-return, promise/no-callback-in-promise -- what compiled code calls in place of the promise */
  then(done: (value: unknown) => void, failed: (error: unknown) => void): void {
    void this.#result.then((value) => {
      try {
        done(guarded(value));
      } catch (error) {
        failed(error);
      }
    }, failed);
  }
  /* oxlint-enable */
}

/** graphql-js awaits promises and calls functions; compiled code would read their properties. */
const objectOf =
  (isTypeOf: GraphQLIsTypeOfFn<unknown, unknown> | null | undefined): GraphQLIsTypeOfFn<unknown, unknown> =>
  (value, context, info) => {
    if (typeof value !== "object" || isPromise(value)) return false;
    if (!isTypeOf) return true;
    try {
      return isTypeOf(value, context, info) === true;
    } catch {
      return false;
    }
  };

const nameOfType = (schema: GraphQLSchema, type: GraphQLAbstractType): GraphQLTypeResolver<unknown, unknown> => {
  const resolve = type.resolveType ?? defaultTypeResolver;
  return (value, context, info) => {
    try {
      const name = resolve(value, context, { ...info, schema }, type);
      return typeof name === "string" ? name : undefined;
    } catch {
      return undefined;
    }
  };
};

const serializerOf = (type: GraphQLScalarType) => (value: unknown) => {
  const serialized: unknown = isPromise(value) || typeof value === "function" ? undefined : type.serialize(value);
  if (serialized === null || serialized === undefined) throw new TypeError(`${type.name} has no value for this result`);
  return serialized;
};
