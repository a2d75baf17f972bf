import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const SOURCES = fileURLToPath(new URL("../../src", import.meta.url));
/** What makes a context, takes requests, or is made by it. */
const WHOLE =
  /^(graphql|server)\/|^access\/(request-context|command-context|permission)\.ts$|\.resolver\.ts$|\.loaders?\.ts$|^units\/unit-list\.ts$/;

/** The lines that name the context and not what they need of it. */
const wholeIn = (text: string): string[] =>
  text.split("\n").filter((line) => /\bRequestContext\b/.test(line.replaceAll("Pick<RequestContext,", "")) && !line.startsWith("import "));

it("services declare which parts of the request context they need", async () => {
  const paths = (await readdir(SOURCES, { recursive: true })).filter((path) => path.endsWith(".ts") && !WHOLE.test(path));
  const faults = await Promise.all(
    paths.map(async (path) => wholeIn(await readFile(`${SOURCES}/${path}`, "utf8")).map((line) => `${path}: ${line}`)),
  );
  expect(paths).toContain("reports/report-submit.service.ts");
  expect(faults.flat()).toEqual([]);
  expect(wholeIn("const one = (context: RequestContext) => context;")).toHaveLength(1);
});
