import { readFile, writeFile } from "node:fs/promises";
import { cacheTypesOf } from "./cache-types.ts";
import { createSubgraph } from "./subgraph.ts";

/** Writes the schema and what clients' caches know of it; with --check it only compares, and fails where a file is not what the code says. */
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
    console.error(`${name} is not what the code says: run \`npm run schema\` and review the difference`);
    process.exitCode = 1;
  }
}
