interface Parameter {
  readonly index: number;
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

/** Keeps type-graphql from sorting sorted parameters at each call of a resolver, which is a tenth of the cost of a country's tree. */
export const skipSorting = (): void => {
  const { queries, mutations, fieldResolvers } = storageOf();
  for (const { params } of [...queries, ...mutations, ...fieldResolvers]) if (params) params.sort = () => params;
};
