interface Parameters {
  readonly params?: { readonly index: number }[];
}

interface Storage {
  readonly queries: readonly Parameters[];
  readonly mutations: readonly Parameters[];
  readonly fieldResolvers: readonly Parameters[];
}

/** Sorts the parameters of all resolvers once: type-graphql sorts them at each call, which is a tenth of the time of a country's tree. It uses the library's own storage. */
export const sortParameters = (): void => {
  const { TypeGraphQLMetadataStorage: storage } = globalThis as unknown as { TypeGraphQLMetadataStorage: Storage };
  for (const { params } of [...storage.queries, ...storage.mutations, ...storage.fieldResolvers]) {
    if (params === undefined) continue;
    // The copy leaves the stored order, from which the schema takes the order of arguments if it is built again.
    const sorted = params.toSorted((one, other) => one.index - other.index);
    params.sort = () => sorted;
  }
};
