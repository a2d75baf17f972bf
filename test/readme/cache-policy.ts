import { transform } from "esbuild";
import { buildSchema, isObjectType } from "graphql";
import { readFile } from "node:fs/promises";
import { expect } from "vitest";

interface Policies {
  readonly typePolicies: Readonly<Record<string, { readonly keyFields?: readonly string[]; readonly merge?: boolean }>>;
}

/** The snippet compiles, and what it says is of types and fields that there are. */
export const checkCachePolicy = async (text: string): Promise<void> => {
  const { code } = await transform(text, { loader: "ts" });
  const given: Policies[] = [];
  function InMemoryCache(policies: Policies) {
    given.push(policies);
  }
  // oxlint-disable-next-line typescript/no-implied-eval -- it is what a reader would run
  new Function("InMemoryCache", code)(InMemoryCache);
  const sdl = await readFile(new URL("../../schema/subgraph.graphql", import.meta.url), "utf8");
  const types = buildSchema(sdl, { assumeValidSDL: true }).getTypeMap();
  for (const [name, { keyFields = [] }] of Object.entries(given[0]!.typePolicies)) {
    const type = types[name];
    expect(isObjectType(type), name).toBe(true);
    if (isObjectType(type)) expect(Object.keys(type.getFields())).toEqual(expect.arrayContaining([...keyFields]));
  }
};
