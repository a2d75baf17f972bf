import { readFile, writeFile } from "node:fs/promises";
import { createSubgraph } from "./subgraph.ts";

/** Writes schema/subgraph.graphql; with --check it only compares, and fails where the file is not what the code says. */
const FILE = new URL("../../schema/subgraph.graphql", import.meta.url);

const { sdl } = await createSubgraph();
if (!process.argv.includes("--check")) {
  await writeFile(FILE, sdl);
} else if ((await readFile(FILE, "utf8").catch(() => "")) !== sdl) {
  console.error("schema/subgraph.graphql is not what the code says: run `npm run schema` and review the difference");
  process.exitCode = 1;
}
