import type { AddressInfo } from "node:net";
import { Arg, buildSchema, FieldResolver, ID, Int, Query, Resolver, Root } from "type-graphql";
import { federate } from "../../../src/graphql/federation/federate.ts";
import { createApollo } from "../../../src/server/apollo.ts";
import { createHttp } from "../../../src/server/http/http.ts";
import { DeprecatedProduct, Inventory, Product, type ProductResearch, User } from "./products.types.ts";

/** The subgraph of the compatibility tests, built and served by the code of the service. Prints its port when it listens. */
const HEAD = `extend schema
  @link(
    url: "https://specs.apollo.dev/federation/v2.3"
    import: ["@composeDirective", "@extends", "@external", "@key", "@inaccessible", "@interfaceObject", "@override", "@provides", "@requires", "@shareable", "@tag"]
  )
  @link(url: "https://myspecs.dev/myCustomDirective/v1.0", import: ["@custom"])
  @composeDirective(name: "@custom")

directive @custom on OBJECT`;

type UserFacts = Omit<User, "averageProductsCreatedPerYear">;

const author: UserFacts = { email: "support@apollographql.com", name: "Jane Smith", totalProductsCreated: 1337, yearsOfEmployment: 10 };
const research: ProductResearch[] = [
  { study: { caseNumber: "1234", description: "Federation Study" }, outcome: null },
  { study: { caseNumber: "1235", description: "Studio Study" }, outcome: null },
];
const common = { dimensions: { size: "small", weight: 1, unit: "kg" }, createdBy: author, notes: null };
const products: Product[] = [
  {
    ...{ ...common, id: "apollo-federation", sku: "federation", package: "@apollo/federation" },
    ...{ variation: { id: "OSS" }, research: research.slice(0, 1) },
  },
  { ...common, id: "apollo-studio", sku: "studio", package: "", variation: { id: "platform" }, research: research.slice(1) },
];
const deprecated: DeprecatedProduct[] = [
  { sku: "apollo-federation-v1", package: "@apollo/federation-v1", reason: "Migrate to Federation V2", createdBy: author },
];

@Resolver()
class Queries {
  @Query(() => Product, { nullable: true })
  product(@Arg("id", () => ID) id: string): Product | undefined {
    return products.find((one) => one.id === id);
  }

  @Query(() => DeprecatedProduct, { nullable: true, deprecationReason: "Use product query instead" })
  deprecatedProduct(@Arg("sku", () => String) sku: string, @Arg("package", () => String) pack: string): DeprecatedProduct | undefined {
    return deprecated.find((one) => one.sku === sku && one.package === pack);
  }
}

@Resolver(() => User)
class UserResolver {
  @FieldResolver(() => Int, { nullable: true })
  averageProductsCreatedPerYear(@Root() { totalProductsCreated, yearsOfEmployment }: User): number | null {
    return totalProductsCreated === null ? null : Math.round(totalProductsCreated / yearsOfEmployment);
  }
}

/** The fields by which a router may refer to an object. */
type Reference = Readonly<Record<string, unknown>> & { readonly study?: { caseNumber: string }; readonly variation?: { id: string } };

const resolvers = {
  Product: {
    __resolveReference: ({ id, sku, package: pack, variation }: Reference) =>
      products.find((one) => (id ? one.id === id : one.sku === sku && (pack ? one.package === pack : one.variation?.id === variation?.id))),
  },
  DeprecatedProduct: {
    __resolveReference: ({ sku, package: pack }: Reference) => deprecated.find((one) => one.sku === sku && one.package === pack),
  },
  ProductResearch: {
    __resolveReference: ({ study }: Reference) => research.find((one) => one.study.caseNumber === study?.caseNumber),
  },
  User: { __resolveReference: (reference: Reference) => (reference["email"] === author.email ? { ...author, ...reference } : null) },
  Inventory: { __resolveReference: ({ id }: Reference) => ({ id, deprecatedProducts: deprecated }) },
};

const plain = await buildSchema({ resolvers: [Queries, UserResolver], orphanedTypes: [Inventory], validate: false, skipCheck: true });
const apollo = createApollo(federate(plain, HEAD, resolvers).schema, { traces: true });
await apollo.start();
const app = await createHttp(apollo, { context: async () => ({}), path: "/" });
await app.listen({ host: "127.0.0.1", port: 0 });
process.send!({ port: (app.server.address() as AddressInfo).port });
