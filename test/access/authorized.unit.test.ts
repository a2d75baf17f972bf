import { Authorized, buildSchema, getMetadataStorage, Mutation, Query, Resolver } from "type-graphql";
import { beforeAll, describe, expect, it } from "vitest";
import { PERMISSIONS } from "../../src/access/permission.ts";
import { createSubgraph } from "../../src/graphql/schema/subgraph.ts";
import type { GraphQLSchema } from "graphql";

/** What the gateway asks; it has no class of ours. */
const FEDERATION = new Set(["_service", "_entities"]);

type Storage = Pick<ReturnType<typeof getMetadataStorage>, "queries" | "mutations" | "subscriptions" | "authorizedFields">;

/** The permission that each root field declares, by the name of the field: none, or what is no permission, is null. */
const declared = ({ queries, mutations, subscriptions, authorizedFields }: Storage): Map<string, string | null> =>
  new Map(
    [...queries, ...mutations, ...subscriptions].map(({ target, methodName, schemaName }) => {
      const found = authorizedFields.filter((one) => one.target === target && one.fieldName === methodName);
      const [permission] = found.flatMap(({ roles }) => roles as unknown[]);
      return [schemaName, typeof permission === "string" && permission in PERMISSIONS ? permission : null];
    }),
  );

const unguarded = (schema: GraphQLSchema, storage: Storage): string[] => {
  const permissions = declared(storage);
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
    .flatMap((type) => Object.keys(type?.getFields() ?? {}))
    .filter((field) => !FEDERATION.has(field) && !permissions.get(field));
};

describe("every root field", () => {
  let schema: GraphQLSchema;
  beforeAll(async () => {
    ({ schema } = await createSubgraph());
  });

  it("declares a permission", () => {
    expect(unguarded(schema, getMetadataStorage())).toEqual([]);
    expect([...declared(getMetadataStorage()).keys()].length).toBeGreaterThanOrEqual(8);
  });

  it("is found if the permission is missing or does not exist", async () => {
    @Resolver()
    class Careless {
      @Query(() => String)
      openQuery() {
        return "";
      }
      @Mutation(() => String)
      openMutation() {
        return "";
      }
      @Authorized()
      @Query(() => String)
      emptyQuery() {
        return "";
      }
      @Authorized("units:raed")
      @Query(() => String)
      mistypedQuery() {
        return "";
      }
      @Authorized("units:read")
      @Query(() => String)
      guardedQuery() {
        return "";
      }
    }
    const careless = await buildSchema({ resolvers: [Careless], validate: false, skipCheck: true, authChecker: () => true });
    expect(unguarded(careless, getMetadataStorage())).toEqual(["openQuery", "emptyQuery", "mistypedQuery", "openMutation"]);
  });
});
