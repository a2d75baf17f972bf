import { build } from "esbuild";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

/** What a reader would copy finds all that it imports; test/clients runs it. */
export const checkClientCode = async (text: string): Promise<void> => {
  const { warnings } = await build({
    ...{ stdin: { contents: text, resolveDir: PROJECT, loader: "ts" }, bundle: true, write: false, format: "esm", platform: "node" },
    nodePaths: [join(PROJECT, "test/clients/node_modules")],
    logLevel: "silent",
  });
  expect(warnings).toEqual([]);
};
