interface Parameter {
  readonly index: number;
  readonly kind: string;
}

interface ArgumentParameter extends Parameter {
  readonly name: string;
  readonly getType: () => unknown;
}

/** The part of a resolver in type-graphql's storage that this file reads. */
interface Parameters {
  readonly params?: Parameter[];
}

interface Storage {
  readonly params: Parameter[];
  readonly queries: readonly Parameters[];
  readonly mutations: readonly Parameters[];
  readonly fieldResolvers: readonly Parameters[];
  readonly inputTypes: readonly { readonly target: unknown }[];
}

/** type-graphql has no API for its storage, so this reads the global variable that the library itself reads. */
const storageOf = (): Storage => (globalThis as unknown as { TypeGraphQLMetadataStorage: Storage }).TypeGraphQLMetadataStorage;

/**
 * Sorts the parameters of all resolvers as they are declared, because decorators run from the last parameter to the first. A schema that is built after it
 * has its arguments in this order, however often it is built.
 */
export const sortParameters = (): void => {
  storageOf().params.sort((one, other) => one.index - other.index);
};

/**
 * Makes calls of resolvers cheaper, once the schema is built: type-graphql sorts the sorted parameters at each call, and waits for each argument, though nothing validates it.
 * Together they are a fifth of what a country's tree costs beside its statements.
 */
export const hastenParameters = (): void => {
  const { queries, mutations, fieldResolvers, inputTypes } = storageOf();
  const inputs = new Set(inputTypes.map(({ target }) => target));
  for (const { params } of [...queries, ...mutations, ...fieldResolvers]) {
    if (!params) continue;
    // The library reads the parameters of a call from what their sorting returns; a schema that is built later needs them as they are.
    const called = params.map((param) => (isArgument(param) && !inputs.has(param.getType()) ? takenAsGiven(param) : param));
    params.sort = () => called;
  }
};

const isArgument = (param: Parameter): param is ArgumentParameter => param.kind === "arg";

/** Of scalars and enums, whose values the schema has checked. */
const takenAsGiven = ({ index, name }: ArgumentParameter) => ({
  ...{ index, kind: "custom", options: {} },
  resolver: ({ args }: { readonly args: Readonly<Record<string, unknown>> }) => args[name],
});
