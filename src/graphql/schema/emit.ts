import { readFile, writeFile } from "node:fs/promises";
import { cacheTypesOf } from "./cache-types.ts";
import { createSubgraph } from "./subgraph.ts";

/** Writes the schema and the cache types of clients; with --check it only compares, and fails if a file is outdated. */
const { schema, sdl } = await createSubgraph();
const FILES: readonly (readonly [string, string])[] = [
  ["schema/subgraph.graphql", sdl],
  ["schema/clients/cache-types.ts", cacheTypesOf(schema, sdl)],
];

for (const [name, text] of FILES) {
  const file = new URL(`../../../${name}`, import.meta.url);
  if (!process.argv.includes("--check")) {
    await writeFile(file, text);
  } else if ((await readFile(file, "utf8").catch(() => "")) !== text) {
    console.error(`${name} is outdated: run \`npm run schema\` and review the difference`);
    process.exitCode = 1;
  }
}
